// SPDX-License-Identifier: MIT
/** What each pass of the optimizer did, as a table. */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { OptimizerReport } from '../../../../wasm-glue/ts/index.ts';

export function optimizerReport(report: OptimizerReport): TemplateResult {
  const { instructions, variables, rounds } = report;
  return html`<p class="report-sum" data-testid="optimizer-sum">
      <b>${instructions.before.toLocaleString('en')} → ${instructions.after.toLocaleString('en')}</b>
      instructions, <b>${variables.before} → ${variables.after}</b> variables, in ${rounds}
      ${rounds === 1 ? 'round' : 'rounds'}
    </p>
    <div class="report-scroll" tabindex="0" role="region" aria-label="Passes of the optimizer">
      <table class="report" data-testid="optimizer-report">
        <thead>
          <tr>
            <th scope="col">Pass</th>
            <th scope="col" class="number">Changes</th>
            <th scope="col" class="number">Removed</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          ${report.passes.map(
            ({ title, doc, changes, removed }) =>
              html`<tr data-idle=${changes === 0}>
                <th scope="row">${title}</th>
                <td class="number">${changes.toLocaleString('en')}</td>
                <td class="number">${removed.toLocaleString('en')}</td>
                <td>${doc}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

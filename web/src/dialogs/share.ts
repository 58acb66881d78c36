// SPDX-License-Identifier: MIT
import { html, nothing, svg } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { messageOf } from '../app/runner.ts';
import { embedFor, markdownFor } from '../app/url_state.ts';
import { findFile, languageOf, titleOf } from '../model/program.ts';
import { LINK_WARNINGS } from '../model/share_codec.ts';
import { AppDialog } from '../widgets/dialog.ts';
import { copyText, saveFile } from '../widgets/files.ts';
import { icon } from '../widgets/icons.ts';

/** Modules of the largest QR code, version 40-L, hold this many bytes. */
const MAX_QR_BYTES = 2953;

export class ShareDialog extends AppDialog {
  static override readonly properties = {
    ...AppDialog.properties,
    link: { state: true },
    embed: { state: true },
    problem: { state: true },
    said: { state: true },
    code: { state: true },
  };

  protected readonly dialogName = 'share' as const;
  protected readonly heading = 'Share';
  declare private link: string;
  declare private embed: string;
  declare private problem: string;
  declare private said: string;
  declare private code: { size: number; path: string } | null;

  constructor() {
    super();
    this.clear();
  }

  protected override opened(): void {
    this.clear();
    this.app.project.snapshot('Shared');
    void this.make();
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (changed.has('link' as keyof ShareDialog) && this.link !== '') this.querySelector('input')?.select();
  }

  protected content(): TemplateResult {
    const { link, problem } = this;
    const warning = LINK_WARNINGS.find((one) => link.length > one.length);
    return html`<div class="form share">
      <p class="about">
        The link itself holds the files and options. No server sees them, and there is no account: who has the
        link has the program.
      </p>
      ${problem !== '' ? html`<p class="banner error" role="alert">${icon('error')}<span>${problem}</span></p>` : nothing}
      <label class="labelled"
        ><span
          >Link
          <span class="about"
            >${link === '' ? '' : `${link.length.toLocaleString('en')} characters`}</span
          ></span
        >
        <input
          class="field mono"
          readonly
          data-testid="share-link"
          .value=${link}
          @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
        />
      </label>
      ${
        warning === undefined
          ? nothing
          : html`<p class="banner" data-testid="share-warning">
              ${icon('warning')}<span>${warning.message}</span>
            </p>`
      }
      <div class="share-actions">
        ${this.action('copy', 'Copy link', 'copy-link', () => this.copy(link, 'Link copied.', true))}
        ${this.action('copy', 'Copy Markdown', 'copy-markdown', () => this.copy(this.markdown(), 'Markdown copied.', true))}
        ${this.action('copy', 'Copy embed', 'copy-embed', () => this.copy(this.embedHtml(), 'Embed copied.', false))}
        ${this.action('download', 'Download .zip', 'download-zip', () => this.app.commands.run('download.zip'))}
      </div>
      <p class="said" role="status">${this.said}</p>
      ${
        this.code === null
          ? nothing
          : html`<figure class="qr">
              <svg
                viewBox=${`0 0 ${this.code.size} ${this.code.size}`}
                role="img"
                aria-label="QR code of the link"
              >
                ${svg`<rect width="100%" height="100%" fill="#fff"/><path d=${this.code.path} fill="#000"/>`}
              </svg>
              <figcaption class="about">For a phone</figcaption>
            </figure>`
      }
    </div>`;
  }

  private action(name: 'copy' | 'download', label: string, testId: string, run: () => void): TemplateResult {
    return html`<button
      type="button"
      class="button"
      data-testid=${testId}
      ?disabled=${this.link === ''}
      @click=${run}
    >
      ${icon(name)}<span>${label}</span>
    </button>`;
  }

  private clear(): void {
    this.link = '';
    this.embed = '';
    this.problem = '';
    this.said = '';
    this.code = null;
  }

  private async make(): Promise<void> {
    try {
      this.link = await this.app.links.make();
      this.embed = await this.app.links.makeEmbed();
      if (this.link.length <= MAX_QR_BYTES) this.code = await drawCode(this.link);
    } catch (error) {
      this.problem = `The link could not be made: ${messageOf(error)}`;
    }
  }

  private async copy(text: string, said: string, show: boolean): Promise<void> {
    if (show) this.app.links.show(this.link);
    const done = await copyText(text);
    this.said = done ? said : 'The browser did not allow copying. Select the link and copy it yourself.';
  }

  private mainText(): string {
    const { program } = this.state;
    const content = findFile(program, program.main)?.content;
    return typeof content === 'string' ? content : '';
  }

  private markdown(): string {
    const { program } = this.state;
    return markdownFor(titleOf(program), this.mainText(), languageOf(program.main), this.link);
  }

  private embedHtml(): string {
    return embedFor(titleOf(this.state.program), this.embed, this.mainText().split('\n').length);
  }
}

async function drawCode(text: string): Promise<{ size: number; path: string } | null> {
  try {
    const { default: qrcode } = await import('qrcode-generator');
    const code = qrcode(0, 'L');
    code.addData(text, 'Byte');
    code.make();
    const count = code.getModuleCount();
    let path = '';
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        if (code.isDark(row, column)) path += `M${column + 4} ${row + 4}h1v1h-1z`;
      }
    }
    return { size: count + 8, path };
  } catch {
    return null;
  }
}

/** All files of the program as a .zip on the device. */
export async function downloadZip(
  files: readonly { name: string; content: string | Uint8Array }[],
): Promise<void> {
  const { strToU8, zipSync } = await import('fflate');
  const entries = files.map(({ name, content }) => [
    name,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  saveFile(
    'program.zip',
    zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>),
    'application/zip',
  );
}

customElements.define('tt-share-dialog', ShareDialog);

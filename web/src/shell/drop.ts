// SPDX-License-Identifier: MIT
import type { App } from '../app/app.ts';
import { messageOf } from '../app/runner.ts';
import { MAX_FILES, isSource, nameProblem } from '../model/program.ts';
import { readDropped } from '../widgets/files.ts';
import type { DroppedFile } from '../widgets/files.ts';

/** Files and folders dropped anywhere on the page become files of the program. */
export function acceptDrops(app: App): void {
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  const root = document.documentElement;
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    root.classList.add('dropping');
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) root.classList.remove('dropping');
  });
  document.addEventListener('drop', (event) => {
    root.classList.remove('dropping');
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    take(app, event.dataTransfer).catch((error: unknown) => {
      app.notify('error', `The files could not be read: ${messageOf(error)}`);
    });
  });
}

async function take(app: App, transfer: DataTransfer): Promise<void> {
  addFiles(app, await readDropped(transfer, MAX_FILES));
}

export function addFiles(app: App, files: readonly DroppedFile[]): void {
  const usable = files.filter((file) => nameProblem(file.name) === null);
  app.project.snapshot('Before files were added');
  for (const { name, content } of usable) app.project.add(name, content);
  const source = usable.find((file) => isSource(file.name));
  if (source !== undefined) app.project.open(source.name);
  const [left] = files.filter((file) => !usable.includes(file));
  const more = files.length - usable.length - 1;
  const counted = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`;
  const added =
    usable.length === 0 ? 'Nothing there can be a file here.' : `Added ${counted(usable.length)}.`;
  if (left === undefined) app.notify('info', added);
  else
    app.notify(
      'warning',
      `${added} ${JSON.stringify(left.name)}${more > 0 ? ` and ${counted(more)} more` : ''} left out: ${
        nameProblem(left.name) ?? ''
      }`,
    );
}

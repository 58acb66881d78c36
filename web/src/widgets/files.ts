// SPDX-License-Identifier: MIT
/** Files between the page and the device. */

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** For pages that may not use the clipboard interface: frames without the permission, plain http. */
function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  let done: boolean;
  try {
    done = document.execCommand('copy');
  } catch {
    done = false;
  }
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

export function saveFile(name: string, bytes: Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export interface DroppedFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Files and folders of a drop, names relative to what was dropped, at most `limit` of them. */
export async function readDropped(transfer: DataTransfer, limit: number): Promise<DroppedFile[]> {
  const entries: FileSystemEntry[] = [];
  const plain: File[] = [];
  for (const item of transfer.items) {
    const entry = item.webkitGetAsEntry?.() ?? null;
    const file = entry === null ? item.getAsFile() : null;
    if (entry !== null) entries.push(entry);
    else if (file !== null) plain.push(file);
  }
  const found: DroppedFile[] = await readFiles(plain.slice(0, limit));
  const visit = async (entry: FileSystemEntry, prefix: string): Promise<void> => {
    if (found.length >= limit || entry.name.startsWith('.')) return;
    if (entry.isDirectory) {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      for (;;) {
        const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
          reader.readEntries(resolve, reject),
        );
        if (part.length === 0) break;
        for (const child of part) await visit(child, `${prefix}${entry.name}/`);
      }
      return;
    }
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ name: prefix + file.name, content: await readContent(file) });
  };
  for (const entry of entries) await visit(entry, '');
  return found;
}

export async function readFiles(files: readonly File[]): Promise<DroppedFile[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, content: await readContent(file) })));
}

/** Lets the user choose files of the device; none when the choice is given up. */
export function chooseFiles(): Promise<DroppedFile[]> {
  return new Promise((resolve, reject) => {
    const field = document.createElement('input');
    field.type = 'file';
    field.multiple = true;
    field.addEventListener('change', () => readFiles([...(field.files ?? [])]).then(resolve, reject));
    field.addEventListener('cancel', () => resolve([]));
    field.click();
  });
}

export async function readContent(file: File): Promise<string | Uint8Array> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
    return text.includes('\0') ? bytes : text;
  } catch {
    return bytes;
  }
}

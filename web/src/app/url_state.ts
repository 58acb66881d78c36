// SPDX-License-Identifier: MIT
/** Links: opening what they hold, and making them. The address changes only when a link is made. */
import { ShareError, decodeShared, encodeShared, payloadOf } from '../model/share_codec.ts';
import type { Shared } from '../model/share_codec.ts';
import type { Events } from './events.ts';
import type { Project } from './project.ts';
import type { Store } from './store.ts';

/** Something of ours in the fragment? Short or foreign fragments (`#top`) are not links. */
export function hashPayload(): string {
  return payloadOf(location.hash);
}

/** What the project knows a program of `?src=` by, so that a reload keeps the edits made since; '' without one. */
export function sourceKey(search: string): string {
  const source = new URLSearchParams(search).get('src');
  return source === null ? '' : `src:${source}`;
}

export class Links {
  constructor(
    private readonly store: Store,
    private readonly project: Project,
    private readonly events: Events,
  ) {}

  /** Replaces the program by what the link holds. Throws `ShareError` and changes nothing if it cannot. */
  async open(link: string): Promise<void> {
    const payload = payloadOf(link);
    if (payload === '') throw new ShareError('malformed', 'This link holds no program.');
    const shared = await decodeShared(payload);
    this.project.replace(shared.program, shared.options, 'Before opening a link', payload);
    this.events.emit('focusPane', { name: 'editor' });
  }

  shared(): Shared {
    const { program, options } = this.store.state;
    return { program, options };
  }

  /** The address of this page with the present program. */
  async make(): Promise<string> {
    const url = new URL(location.href);
    url.searchParams.delete('src');
    url.hash = await encodeShared(this.shared());
    return url.href;
  }

  async makeEmbed(): Promise<string> {
    const url = new URL('embed.html', document.baseURI);
    url.hash = await encodeShared(this.shared());
    return url.href;
  }

  /** Puts the link into the address bar, without a new entry in the history. */
  show(link: string): void {
    try {
      history.replaceState(history.state, '', link);
    } catch {
      // Too long for this browser's address bar: the link itself is still good.
    }
  }
}

export function markdownFor(title: string, text: string, language: string, link: string): string {
  const fence = /^`{3,}/m.test(text) ? '````' : '```';
  return `[${title.replace(/[[\]]/g, '\\$&')}](${link})\n\n${fence}${language}\n${text.replace(/\n?$/, '\n')}${fence}\n`;
}

export function embedFor(title: string, link: string, lines: number): string {
  const quote = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const height = Math.min(640, Math.max(260, 170 + lines * 21));
  return (
    `<iframe src="${quote(link)}" title="${quote(title)}" width="100%" height="${height}" ` +
    `loading="lazy" allow="clipboard-write" style="border:0"></iframe>`
  );
}

// SPDX-License-Identifier: MIT
import { LitElement, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';

/**
 * A bar between two columns, or with `across` between two rows, moved by pointer and keyboard. `value` is the
 * percentage of the parent's width or height before it; fires `change` with the new value as detail.
 */
export class Splitter extends LitElement {
  static override readonly properties = {
    value: { type: Number },
    usual: { type: Number },
    across: { type: Boolean },
    label: {},
  };

  declare value: number;
  /** Where it goes by Enter and double click. */
  declare usual: number;
  declare across: boolean;
  declare label: string;
  private readonly least = 20;
  private readonly most = 80;

  constructor() {
    super();
    this.value = 50;
    this.usual = 50;
    this.across = false;
    this.label = '';
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('role', 'separator');
    this.setAttribute('aria-valuemin', String(this.least));
    this.setAttribute('aria-valuemax', String(this.most));
    this.tabIndex = 0;
    this.addEventListener('pointerdown', this.grab);
    this.addEventListener('keydown', this.press);
    this.addEventListener('dblclick', this.reset);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('pointerdown', this.grab);
    this.removeEventListener('keydown', this.press);
    this.removeEventListener('dblclick', this.reset);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('across')) {
      this.setAttribute('aria-orientation', this.across ? 'horizontal' : 'vertical');
      this.classList.toggle('across', this.across);
    }
    if (changed.has('value')) this.setAttribute('aria-valuenow', String(Math.round(this.value)));
    if (changed.has('label')) this.setAttribute('aria-label', this.label);
  }

  protected override render(): TemplateResult {
    return html`<span class="grip"></span>`;
  }

  private readonly grab = (event: PointerEvent): void => {
    const box = this.parentElement?.getBoundingClientRect();
    if (box === undefined || event.button !== 0) return;
    event.preventDefault();
    this.setPointerCapture(event.pointerId);
    this.focus();
    const move = (moved: PointerEvent): void => {
      const part = this.across
        ? (moved.clientY - box.top) / box.height
        : (moved.clientX - box.left) / box.width;
      this.moveTo(part * 100);
    };
    const end = (): void => {
      this.removeEventListener('pointermove', move);
      this.removeEventListener('lostpointercapture', end);
    };
    this.addEventListener('pointermove', move);
    this.addEventListener('lostpointercapture', end);
  };

  private readonly press = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 10 : 2;
    const to =
      event.key === (this.across ? 'ArrowUp' : 'ArrowLeft')
        ? this.value - step
        : event.key === (this.across ? 'ArrowDown' : 'ArrowRight')
          ? this.value + step
          : event.key === 'Home'
            ? this.least
            : event.key === 'End'
              ? this.most
              : event.key === 'Enter'
                ? this.usual
                : null;
    if (to === null) return;
    event.preventDefault();
    this.moveTo(to);
  };

  private readonly reset = (): void => this.moveTo(this.usual);

  private moveTo(value: number): void {
    const bounded = Math.min(this.most, Math.max(this.least, value));
    this.dispatchEvent(new CustomEvent<number>('change', { detail: bounded }));
  }
}

customElements.define('tt-splitter', Splitter);

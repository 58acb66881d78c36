// SPDX-License-Identifier: MIT
/**
 * Small pictures drawn once and then copied: a thousand circles and their labels cost a copy each instead of a
 * path each. Sizes are pixels of the screen.
 */
const MOST = 1200;

export interface Sprite {
  readonly image: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
}

export class Sprites {
  private readonly known = new Map<string, Sprite>();
  private readonly measure = document.createElement('canvas').getContext('2d');

  /** Colours or the screen have changed. */
  clear(): void {
    this.known.clear();
  }

  /** A picture whose middle is (0, 0) for `draw`. */
  get(
    key: string,
    width: number,
    height: number,
    draw: (context: CanvasRenderingContext2D) => void,
  ): Sprite | null {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= MOST) this.known.clear();
    const image = document.createElement('canvas');
    image.width = Math.ceil(width);
    image.height = Math.ceil(height);
    const context = image.getContext('2d');
    if (context === null) return null;
    context.translate(image.width / 2, image.height / 2);
    draw(context);
    const sprite = { image, width: image.width, height: image.height };
    this.known.set(key, sprite);
    return sprite;
  }

  text(text: string, font: string, height: number, colour: string, halo: string): Sprite | null {
    const key = `${text}|${font}|${colour}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const { measure } = this;
    if (measure === null) return null;
    measure.font = font;
    const border = halo === '' ? 0 : height * 0.32;
    return this.get(key, measure.measureText(text).width + 2 * border + 2, height * 1.7, (context) => {
      context.font = font;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      if (border > 0) {
        context.lineWidth = border;
        context.lineJoin = 'round';
        context.strokeStyle = halo;
        context.strokeText(text, 0, 0);
      }
      context.fillStyle = colour;
      context.fillText(text, 0, 0);
    });
  }
}

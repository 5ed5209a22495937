import { getDocument, PDFWorker, version } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** A PDF that is open. */
export interface OpenPdf {
  readonly pages: number;
  /** Draws a page so many pixels wide, and gives back what is written on it. Only safe one after another for a canvas. */
  draw(canvas: HTMLCanvasElement, page: number, widthPx: number, signal: AbortSignal): Promise<string>;
  close(): void;
}

/** What an iPad of five years can hold in one canvas, and more than any screen shows. */
const mostPixels = 8_000_000;
/** Of a picture within the PDF; a larger one is left out. */
const mostPicturePixels = 50_000_000;

/**
 * Opens a PDF with pdf.js, in a worker of its own. Its scripts do not run: they would need pdf.js's sandbox, which is not
 * part of the page; and nothing is compiled from it, since the page's policy has neither eval nor WebAssembly.
 *
 * @throws whatever pdf.js throws of a file that it cannot open
 */
export async function openPdf(bytes: ArrayBuffer): Promise<OpenPdf> {
  const port = new Worker(new URL('./pdf-worker.ts', import.meta.url), { type: 'module' });
  const worker = PDFWorker.create({ port });
  const task = getDocument({
    data: new Uint8Array(bytes),
    worker,
    useWasm: false,
    // The scripts that stand in for WebAssembly: scans from a copier need them.
    wasmUrl: new URL(`${import.meta.env.BASE_URL}assets/pdf-${version}/`, location.href).href,
    enableXfa: false,
    maxImageSize: mostPicturePixels,
    canvasMaxAreaInBytes: mostPixels * 4,
    disableAutoFetch: true,
    disableRange: true,
    disableStream: true,
    verbosity: 0,
  });
  const close = () => {
    void task.destroy().finally(() => {
      worker.destroy();
      port.terminate();
    });
  };
  try {
    const pdf = await task.promise;
    return {
      pages: pdf.numPages,
      draw: async (canvas, number, widthPx, signal) => {
        const page = await pdf.getPage(Math.min(number, pdf.numPages));
        const whole = page.getViewport({ scale: 1 });
        const most = Math.sqrt(mostPixels / (whole.width * whole.height));
        const viewport = page.getViewport({ scale: Math.min(widthPx / whole.width, most) });
        signal.throwIfAborted();
        // Drawn beside and shown when it is whole: a page that is drawn again at another size does not flicker.
        const behind = document.createElement('canvas');
        behind.width = Math.max(1, Math.floor(viewport.width));
        behind.height = Math.max(1, Math.floor(viewport.height));
        const drawing = page.render({ canvas: behind, viewport });
        const stop = () => drawing.cancel();
        signal.addEventListener('abort', stop, { once: true });
        try {
          await drawing.promise;
        } finally {
          signal.removeEventListener('abort', stop);
        }
        signal.throwIfAborted();
        canvas.width = behind.width;
        canvas.height = behind.height;
        canvas.getContext('2d')?.drawImage(behind, 0, 0);
        behind.width = 0;
        const { items } = await page.getTextContent();
        page.cleanup();
        return items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('');
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

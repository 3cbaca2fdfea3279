// The same work in sharp, for comparison: five widths of one photograph, each as progressive JPEG q80 and WebP q80 effort 4.
//
// node sharp.mjs ordinary|tuned FILE   prints {"cpu_seconds": …, "bytes": …} of the second of two runs, on one thread.
// "ordinary" is a pipeline for each output, as its manual shows it; "tuned" decodes once and makes everything from the largest rung's pixels.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.env.SHARP_FOLDER ?? process.cwd()}/`));
const sharp = require("sharp");
sharp.concurrency(1);
sharp.cache(false);

const widths = [2560, 1920, 1280, 800, 480];
const jpeg = { quality: 80, progressive: true };
const webp = { quality: 80, effort: 4 };

async function ordinary(file) {
  let bytes = 0;
  for (const width of widths) {
    const resized = () => sharp(file).autoOrient().resize({ width, withoutEnlargement: true });
    bytes += (await resized().jpeg(jpeg).toBuffer()).length;
    bytes += (await resized().webp(webp).toBuffer()).length;
  }
  return bytes;
}

async function tuned(file) {
  const pixels = async (pipeline) => {
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
    return { data, raw: { width: info.width, height: info.height, channels: info.channels } };
  };
  let bytes = 0;
  let rung = await pixels(sharp(file).autoOrient().resize({ width: widths[0], withoutEnlargement: true }));
  for (const width of widths) {
    if (width < rung.raw.width) {
      rung = await pixels(sharp(rung.data, { raw: rung.raw }).resize({ width }));
    }
    bytes += (await sharp(rung.data, { raw: rung.raw }).jpeg(jpeg).toBuffer()).length;
    bytes += (await sharp(rung.data, { raw: rung.raw }).webp(webp).toBuffer()).length;
  }
  return bytes;
}

const [form, file] = process.argv.slice(2);
const work = { ordinary, tuned }[form];
await work(file);
const before = process.cpuUsage();
const bytes = await work(file);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpu_seconds: (user + system) / 1e6, bytes }));

// Where things are, and two filters. The stories come from src/_data/stories.js.

import { figure } from "./figure.js";

export const config = { dir: { input: "src", output: "_site" } };

export default function (eleventy) {
  eleventy.addPassthroughCopy("src/style.css");

  // A frame of a story as a <figure>; see figure.js.
  eleventy.addFilter("figure", figure);

  // "2024-01" as "januari 2024": a story's own date is as precise as its makers knew.
  eleventy.addFilter("day", (date, language) => {
    const [year, month, day] = date.split("-").map(Number);
    const parts = { year: "numeric", month: month ? "long" : undefined, day: day ? "numeric" : undefined };
    return new Intl.DateTimeFormat(language, { ...parts, timeZone: "UTC" }).format(Date.UTC(year, (month ?? 1) - 1, day ?? 1));
  });
}

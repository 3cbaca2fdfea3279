// All live stories, by the delivery API. A page of the list has whole stories; `links.next` leads to the next page.

const server = process.env.REPORTAGE ?? "http://127.0.0.1:8080";

export default async function () {
  const stories = [];
  for (let next = `${server}/api/v1/stories?limit=100`; next; ) {
    const answer = await fetch(next);
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${body.code}: ${body.detail}`);
    stories.push(...body.data);
    next = body.links.next;
  }
  return stories.map((story) => ({ ...story, opening: opening(story) }));
}

// The frame that stands for a story in the list: of the block that leads, or the first; never one that readers are to be asked about first.
function opening({ blocks, lead }) {
  const frames = (block) => block.frames ?? (block.frame ? [block.frame] : []);
  const leading = blocks.filter((block) => block.id === lead);
  return [...leading, ...blocks].flatMap(frames).find((frame) => !frame.graphic);
}

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

// The frame that stands for a story in the list: the one that leads, or the first.
function opening({ blocks, lead }) {
  const shown = blocks.filter((block) => block.frame ?? block.frames);
  const block = shown.find((it) => it.id === lead) ?? shown[0];
  return block && (block.frame ?? block.frames[0]);
}

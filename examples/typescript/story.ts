// Reads a story by types that are generated from the API's own document, and prints it as plain text:
//
//   npx openapi-typescript http://127.0.0.1:8080/api/openapi.json -o reportage.d.ts
//   npx tsc && node build/story.js http://127.0.0.1:8080 the-slug
//
// A field that is not there, or a type of block that is left out, does not compile.

import type { components, paths } from "./reportage.js";

type Story = components["schemas"]["DeliveredStory"];
type Block = components["schemas"]["DeliveredBlock"];
type Frame = components["schemas"]["DeliveredFrame"];
type Problem = components["schemas"]["Problem"];
type StoryAnswer = paths["/api/v1/stories/{slug}"]["get"]["responses"][200]["content"]["application/json"];
type ListAnswer = paths["/api/v1/stories"]["get"]["responses"][200]["content"]["application/json"];
type ListQuery = NonNullable<paths["/api/v1/stories"]["get"]["parameters"]["query"]>;

/** The body of an answer; a problem is thrown with what it says. */
async function read<Answer>(url: URL): Promise<Answer> {
  const answer = await fetch(url);
  if (!answer.ok) {
    const { code, detail } = (await answer.json()) as Problem;
    throw new Error(`${code}: ${detail}`);
  }
  return (await answer.json()) as Answer;
}

export async function readStory(server: string, slug: string): Promise<Story> {
  const answer = await read<StoryAnswer>(new URL(`/api/v1/stories/${encodeURIComponent(slug)}`, server));
  return answer.data;
}

/** All live stories, page by page. */
export async function* listStories(server: string, query: ListQuery = {}): AsyncGenerator<Story> {
  const first = new URL("/api/v1/stories", server);
  for (const [name, value] of Object.entries(query)) first.searchParams.set(name, String(value));
  for (let next: string | null | undefined = first.href; next; ) {
    const page: ListAnswer = await read<ListAnswer>(new URL(next));
    yield* page.data;
    next = page.links.next;
  }
}

const words = (frame: Frame) => [frame.place, frame.caption?.text, frame.credit].filter(Boolean).join(" — ");

/** A block as lines of text. Every type of block has its case. */
function lines(block: Block, story: Story): string[] {
  switch (block.type) {
    case "text":
      return [block.text];
    case "heading":
      return [block.text.toUpperCase()];
    case "quote":
      return [`“${block.text}”`, ...(block.attribution ? [`— ${block.attribution}`] : [])];
    case "photo":
    case "group": {
      const frames = block.type === "photo" ? [block.frame] : block.frames;
      return frames.map((frame) => {
        const photo = story.photos[frame.photo];
        return `[${photo?.width} × ${photo?.height}: ${frame.alt}] ${words(frame)}`;
      });
    }
    default:
      return block satisfies never;
  }
}

const [server, slug] = process.argv.slice(2);
if (server) {
  const stories: Story[] = [];
  if (slug) stories.push(await readStory(server, slug));
  else for await (const story of listStories(server, { limit: 2 })) stories.push(story);
  for (const story of stories) {
    console.log([story.title, story.byline ?? "", ...story.blocks.flatMap((block) => lines(block, story))].join("\n\n"));
  }
}

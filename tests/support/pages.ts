/** Everything that is listed in pages. */
export async function collect<Item>(
  pageAt: (cursor: { cursor?: string }) => Promise<{ items: Item[]; next: string | null }>,
): Promise<Item[]> {
  const found: Item[] = [];
  let next: string | null = null;
  do {
    const page = await pageAt(next === null ? {} : { cursor: next });
    found.push(...page.items);
    next = page.next;
  } while (next !== null);
  return found;
}

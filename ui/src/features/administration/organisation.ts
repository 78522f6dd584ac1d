/** The organisation as the server has it, and every way to change it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Change, type Document, type Edit, type Edited, type Past, type Section, request } from "./contract";

export const ORGANISATION = ["organisation"] as const;
export const HISTORY = ["organisation-history"] as const;

/** The whole organisation with its version; a few hundred kilobytes at most, and every list is cut from it. */
export function useOrganisation() {
  return useQuery({ queryKey: ORGANISATION, queryFn: () => request<Document>("get", "/api/organisation") });
}

const segment = encodeURIComponent;
const pathOf = (edit: Edit) => `/api/organisation/${edit.section}/${segment(edit.id)}`;

function put(edit: Edit, version: number, dry: boolean): Promise<Edited> {
  const query = dry ? "?dry_run=true" : "";
  const headers = { "If-Match": `"${version}"` };
  if (edit.entry === null) return request("delete", `${pathOf(edit)}${query}`, { headers });
  return request("put", `${pathOf(edit)}${query}`, { headers, body: edit.entry });
}

/** Everything that the server finds wrong with an edit, without making it. Throws `RequestFailed`. */
export function check(edit: Edit, version: number): Promise<Edited> {
  return put(edit, version, true);
}

/** What was changed last in one entry; null when nothing was. */
export async function latestChange(section: Section, id: string): Promise<Change | null> {
  const past = await request<Past>("get", `/api/organisation/history?section=${section}&id=${segment(id)}&limit=1`);
  return past.changes[0] ?? null;
}

/** Change one entry from the version that it was taken from. Failures are told at the form. */
export function useSave() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ edit, version }: { edit: Edit; version: number }) => put(edit, version, false),
    onSuccess: refresh,
    meta: { toldInPlace: true },
  });
}

/** Several edits, all or none. Failures are told at the form. */
export function useSaveAll() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (edits: readonly Edit[]) => request<Edited>("post", "/api/organisation/changes", { body: { edits } }),
    onSuccess: refresh,
    meta: { toldInPlace: true },
  });
}

/** Go back to what was before a change. */
export function useUndo() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (number: number) => request<Edited>("post", `/api/organisation/history/${number}/undo`),
    onSuccess: refresh,
  });
}

/** Has the organisation read anew after a change. */
export function useRefresh() {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ORGANISATION }),
      queries.invalidateQueries({ queryKey: HISTORY }),
    ]);
  };
}

/** What the pages ask of the server about requests between the centre and a client. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { components } from "../../api/schema";
import { useLiveState } from "../../live/live";
import type { RequestsValue } from "../../live/values";

export type Request = components["schemas"]["RequestShown"];
export type RequestWithLog = components["schemas"]["RequestWithLog"];
export type Entry = components["schemas"]["EntryShown"];
export type Move = Request["moves"][number];
export type NewRequest = components["schemas"]["NewRequest"];
export type MoveMade = components["schemas"]["MoveMade"];
export type RequestState = "open" | "done";

const KEPT_MILLISECONDS = 60_000;

/** A number that is another one whenever any request that this page may see has changed. */
export function useRequestChanges(): number {
  return useLiveState((state) =>
    Object.entries(state.values).reduce((sum, [key, value]) => (key.startsWith("requests/") ? sum + (value as RequestsValue).changes : sum), 0));
}

/** Requests by age, fetched anew whenever one changes; what was shown stays meanwhile. */
export function useRequests(state: RequestState, project: string | null = null) {
  const changes = useRequestChanges();
  return useQuery({
    queryKey: ["requests", state, project, changes],
    queryFn: async () => (await api.GET("/api/requests", { params: { query: { state, limit: 200, ...(project === null ? {} : { project }) } } })).data?.requests ?? [],
    placeholderData: (before) => before,
    gcTime: KEPT_MILLISECONDS,
  });
}

/** One request with its log. */
export function useRequest(id: string) {
  const changes = useRequestChanges();
  return useQuery({
    queryKey: ["request", id, changes],
    queryFn: async () => (await api.GET("/api/requests/{request}", { params: { path: { request: id } } })).data,
    placeholderData: (before) => (before?.id === id ? before : undefined),
    gcTime: KEPT_MILLISECONDS,
  });
}

function useRefresh() {
  const queries = useQueryClient();
  return () => Promise.all([queries.invalidateQueries({ queryKey: ["requests"] }), queries.invalidateQueries({ queryKey: ["request"] })]);
}

/** Ask the other side for something. */
export function useAsk() {
  return useMutation({
    mutationFn: async (body: NewRequest) => (await api.POST("/api/requests", { body })).data,
    onSuccess: useRefresh(),
    meta: { toldInPlace: true },
  });
}

/** Do something with a request. */
export function useMove(id: string) {
  return useMutation({
    mutationFn: async (body: MoveMade) => (await api.POST("/api/requests/{request}/moves", { params: { path: { request: id } }, body })).data,
    onSuccess: useRefresh(),
    meta: { toldInPlace: true },
  });
}

/** The projects that one may ask about, and within how many hours an answer is owed there. */
export function useResponseTimes() {
  return useQuery({ queryKey: ["response-times"], queryFn: async () => (await api.GET("/api/response-times")).data ?? [] });
}

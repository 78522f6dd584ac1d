/** What is asked of the server about agreed reports. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, whole } from "../../api/client";
import type { components } from "../../api/schema";
import type { Terms } from "./draft";

export type Report = components["schemas"]["ReportShown"];
export type Version = components["schemas"]["VersionShown"];
export type Delivery = components["schemas"]["DeliveryShown"];
export type Move = Version["moves"][number];

const WISH_MILLISECONDS = 2_000;
const OTHERS_MILLISECONDS = 15_000; // the other side signs, and what is due comes, while somebody looks

export function useReports() {
  return useQuery({
    queryKey: ["reports"],
    queryFn: async () => whole(await api.GET("/api/reports")).reports,
    refetchInterval: OTHERS_MILLISECONDS,
  });
}

/** Every figure that a report may have. */
export function useCatalogue() {
  return useQuery({ queryKey: ["report-catalogue"], staleTime: Infinity, queryFn: async () => whole(await api.GET("/api/reports/catalogue")) });
}

/** The last period that is over, in the numbers of these terms. */
export function usePreview() {
  return useMutation({ mutationFn: async (body: Terms) => whole(await api.POST("/api/reports/preview", { body })), meta: { toldInPlace: true } });
}

/** Propose a new report (null), or other terms of one, to the other side. */
export function usePropose(report: string | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: Terms) =>
      whole(report === null ? await api.POST("/api/reports", { body }) : await api.POST("/api/reports/{report}/versions", { params: { path: { report } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["reports"] }),
    meta: { toldInPlace: true },
  });
}

export function useDecide(report: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ version, move, hash, words }: { version: number; move: Move; hash: string; words: string | null }) =>
      whole(await api.POST("/api/reports/{report}/versions/{version}", { params: { path: { report, version } }, body: { move, hash, words } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["reports"] }),
    meta: { toldInPlace: true },
  });
}

export function useDeliveries(report: string) {
  return useQuery({
    queryKey: ["report-deliveries", report],
    queryFn: async () => whole(await api.GET("/api/reports/{report}/deliveries", { params: { path: { report } } })).deliveries,
    refetchInterval: OTHERS_MILLISECONDS,
  });
}

/** Delivery `n` of a period; looked at again while something that was wished is not done. `n` below 0: there is none. */
export function useDelivery(report: string, began: string, n: number) {
  return useQuery({
    queryKey: ["report-delivery", report, began, n],
    enabled: n >= 0,
    queryFn: async () => whole(await api.GET("/api/reports/{report}/deliveries/one", { params: { path: { report }, query: { period_began: began, n } } })),
    refetchInterval: ({ state }) => (state.data?.wishes.some((wish) => wish.done_at === null) === true ? WISH_MILLISECONDS : false),
  });
}

export function useWish(report: string, began: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (why: string | null) =>
      whole(await api.POST("/api/reports/{report}/deliveries/wishes", {
        params: { path: { report } }, body: { period_began: began, kind: why === null ? "recompute" : "correct", why },
      })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["report-delivery", report, began] }),
    meta: { toldInPlace: true },
  });
}

export interface Cell {
  report: string;
  period_began: string;
  n: number;
  figure: number;
  began_at: string | null;
  key: string | null;
}

/** The contacts that a number counts; asked for when somebody wants to see them. */
export function useBehind({ report, began_at, key, ...cell }: Cell, wanted: boolean) {
  const query = { ...cell, ...(began_at === null ? {} : { began_at }), ...(key === null ? {} : { key }) };
  return useQuery({
    queryKey: ["report-contacts", report, query],
    enabled: wanted,
    queryFn: async () => whole(await api.GET("/api/reports/{report}/deliveries/contacts", { params: { path: { report }, query } })),
  });
}

export function fileOf(report: string, began: string, n: number, format: "csv" | "pdf"): string {
  const query = new URLSearchParams({ period_began: began, n: String(n), format });
  return `/api/reports/${encodeURIComponent(report)}/deliveries/file?${query.toString()}`;
}

/** What the pages ask of the server about customers' answers. */

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, whole } from "../../api/client";
import type { components } from "../../api/schema";
import { useLiveState } from "../../live/live";
import type { FeedbackValue } from "../../live/values";

export type QuestionOfDay = components["schemas"]["QuestionOfDay"];

export interface QuestionTold {
  question: string;
  count: number;
  mean: number;
  /** How many answered 1, 2, ... 9. */
  distribution: number[];
  days: QuestionOfDay[];
}

/** Another text whenever a new answer has come that this page may see. */
function useArrivals(): string {
  return useLiveState((state) =>
    Object.entries(state.values).filter(([key]) => key.startsWith("feedback/"))
      .map(([key, value]) => `${key} ${JSON.stringify((value as FeedbackValue).newest)}`).sort().join());
}

/** Which answers are looked at; null: all that may be seen. */
export interface Looked {
  project: string | null;
  queue: string | null;
}

function queryOf({ project, queue }: Looked) {
  return { ...(project === null ? {} : { project }), ...(queue === null ? {} : { queue }) };
}

/** Where what is looked at is to be had as a sheet; that somebody took it stands in the audit trail. */
export function sheetOf(looked: Looked): string {
  return `/api/feedback.csv?${new URLSearchParams(queryOf(looked)).toString()}`;
}

/** The newest answers page by page, and how questions were answered; asked for anew when one arrives. */
export function useFeedback(looked: Looked) {
  const arrivals = useArrivals();
  const queries = useQueryClient();
  const query = queryOf(looked);
  useEffect(() => void queries.invalidateQueries({ queryKey: ["feedback"] }), [arrivals, queries]);
  const newest = useInfiniteQuery({
    queryKey: ["feedback", "newest", query],
    queryFn: async ({ pageParam }) => {
      const asked = { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return whole(await api.GET("/api/feedback", { params: { query: asked } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  const days = useQuery({
    queryKey: ["feedback", "days", query],
    queryFn: async () => byQuestion(whole(await api.GET("/api/feedback/summary", { params: { query } }))),
    placeholderData: (before) => before,
  });
  return { newest, days };
}

/** The days of each question put together. */
export function byQuestion(days: readonly QuestionOfDay[]): QuestionTold[] {
  const found = new Map<string, QuestionTold>();
  for (const day of days) {
    const before = found.get(day.question) ?? { question: day.question, count: 0, mean: 0, distribution: day.distribution.map(() => 0), days: [] };
    const count = before.count + day.count;
    found.set(day.question, {
      question: day.question,
      count,
      mean: (before.mean * before.count + day.mean * day.count) / count,
      distribution: before.distribution.map((many, n) => many + (day.distribution[n] ?? 0)),
      days: [...before.days, day],
    });
  }
  return [...found.values()].sort((one, other) => one.question.localeCompare(other.question));
}

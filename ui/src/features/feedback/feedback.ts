/** What the pages ask of the server about customers' answers. */

import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
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

const KEPT_MILLISECONDS = 60_000;

/** Another text whenever a new answer has come that this page may see. */
function useArrivals(): string {
  return useLiveState((state) =>
    Object.entries(state.values).filter(([key]) => key.startsWith("feedback/"))
      .map(([key, value]) => `${key} ${JSON.stringify((value as FeedbackValue).newest)}`).sort().join());
}

/** The newest answers, and how questions were answered, fetched anew whenever one arrives. */
export function useFeedback() {
  const arrivals = useArrivals();
  return useQuery({
    queryKey: ["feedback", arrivals],
    queryFn: async () => {
      const [newest, days] = await Promise.all([api.GET("/api/feedback"), api.GET("/api/feedback/summary")]);
      return { answers: newest.data?.answers ?? [], questions: byQuestion(days.data ?? []) };
    },
    placeholderData: (before) => before,
    gcTime: KEPT_MILLISECONDS,
  });
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

/** What is asked of the server about recordings and samples. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, whole } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Comment = Schemas["Comment"];
export type HeardRecording = Schemas["HeardRecording"];
export type Played = Schemas["Played"];
export type Sample = Schemas["Sample"];
export type SampleDay = Schemas["SampleDay"];
export type Sampled = Schemas["Sampled"];
export type Terms = Schemas["Terms"];
export type Waveform = Schemas["Waveform"];

const of = (recording: string) => ({ params: { path: { recording } } });

export function useRecording(recording: string) {
  return useQuery({ queryKey: ["recording", recording], queryFn: async () => whole(await api.GET("/api/recordings/{recording}", of(recording))) });
}

export function useWaveform(recording: string, enabled: boolean) {
  return useQuery({
    queryKey: ["waveform", recording], enabled, staleTime: Infinity, retry: false,
    queryFn: async () => whole(await api.GET("/api/recordings/{recording}/waveform", of(recording))),
  });
}

/** Begin to hear a recording, or to take it away: the address of its sound. Both sides see that it was asked for. */
export async function beginPlay(recording: string, purpose: "play" | "export"): Promise<string> {
  const { play } = whole(await api.POST("/api/recordings/{recording}/plays", { ...of(recording), body: { purpose } }));
  return `/api/recordings/${encodeURIComponent(recording)}/sound?play=${encodeURIComponent(play)}`;
}

export function useComments(recording: string, enabled: boolean) {
  return useQuery({ queryKey: ["comments", recording], enabled, queryFn: async () => whole(await api.GET("/api/recordings/{recording}/comments", of(recording))) });
}

export function useCommenting(recording: string) {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["comments", recording] });
  const write = useMutation({
    mutationFn: (body: { at_seconds: number; text: string }) => api.POST("/api/recordings/{recording}/comments", { ...of(recording), body }),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: (comment: string) => api.DELETE("/api/recordings/{recording}/comments/{comment}", { params: { path: { recording, comment } } }),
    onSuccess: refresh,
  });
  return { write, remove };
}

/** What projects, queues and agents are called, as far as the reader may see them. */
export function useAllNames() {
  return useQuery({ queryKey: ["names"], staleTime: 5 * 60_000, queryFn: async () => whole(await api.GET("/api/names")) });
}

/** What a survey asks, by its node and project; the node while that is not known, or where projects (null) differ. */
export function useQuestions() {
  const { data } = useAllNames();
  return (project: string | null, question: string): string => {
    const found = data?.questions.filter((one) => one.id === question && (project === null || one.project === project)) ?? [];
    const [first] = found;
    return first !== undefined && found.every((one) => one.name === first.name) ? first.name : question;
  };
}

/** The name behind an id, or the id while it is not known. */
export function useNaming() {
  const { data } = useAllNames();
  return (kind: "projects" | "queues" | "agents", id: string | null | undefined) => data?.[kind].find((one) => one.id === id)?.name ?? id ?? "";
}

const on = (project: string) => ({ params: { path: { project } } });
const DRAWING_MILLISECONDS = 1_000;

export function useTerms(project: string) {
  return useQuery({ queryKey: ["sample-terms", project], enabled: project !== "", queryFn: async () => whole(await api.GET("/api/projects/{project}/sample/terms", on(project))) });
}

export function useSampleDays(project: string) {
  return useQuery({ queryKey: ["sample-days", project], enabled: project !== "", queryFn: async () => whole(await api.GET("/api/projects/{project}/sample/days", on(project))) });
}

/** A day's sample; asked anew each second while it is being drawn. */
export function useSample(project: string, day: string | null) {
  return useQuery({
    queryKey: ["sample", project, day], enabled: day !== null,
    queryFn: async () => whole(await api.GET("/api/projects/{project}/sample", { params: { path: { project }, query: { day } } })),
    refetchInterval: ({ state }) => (state.data?.state === "given" ? DRAWING_MILLISECONDS : false),
  });
}

export function useSampleChange(project: string) {
  const queries = useQueryClient();
  const refresh = async () => {
    for (const key of ["sample", "sample-days", "sample-terms"]) await queries.invalidateQueries({ queryKey: [key, project] });
  };
  const give = useMutation({
    mutationFn: ({ day, half }: { day: string; half: string }) => api.POST("/api/projects/{project}/sample/{day}/half", { params: { path: { project, day } }, body: { half } }),
    onSuccess: refresh,
  });
  const agree = useMutation({
    mutationFn: (body: { share_basis_points: number; zone?: string }) => api.POST("/api/projects/{project}/sample/terms", { ...on(project), body }),
    onSuccess: refresh,
  });
  return { give, agree, refresh };
}

import { Notifications } from "@mantine/notifications";
import { MutationCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useEffect } from "react";
import { Navigate, type RouteObject, createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { RequestFailed } from "../api/problems";
import { showFailure } from "../components/FailureToast";
import { PageSkeleton } from "../components/PageSkeleton";
import { AREAS, areasFor } from "./areas";
import { RouteFailed } from "./ErrorBoundary";
import { keepLanding } from "./landing";
import { NotFound } from "./NotFound";
import { SignedIn, useMay, useMe } from "./session";
import { Shell } from "./Shell";
import { Words } from "./words";

const ATTEMPTS_MAX = 3;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server has refused it refuses again; only an answer that did not come is asked for again.
      retry: (attempts, error) =>
        attempts < ATTEMPTS_MAX && error instanceof RequestFailed && (error.status === null || error.status === 503),
      staleTime: 10_000,
    },
  },
  // A command that fails is told where it was asked for, or else here: never nowhere.
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      if (mutation.meta?.["toldInPlace"] !== true) showFailure(error);
    },
  }),
});

function Begin() {
  const path = areasFor(useMay(), useMe().agent != null, useMe().client != null)[0]?.path ?? "account";
  useEffect(() => keepLanding(path), [path]);
  return (
    <>
      <PageSkeleton />
      <Navigate to={`/${path}`} replace />
    </>
  );
}

const routes: RouteObject[] = [
  {
    errorElement: <RouteFailed />,
    hydrateFallbackElement: <PageSkeleton />,
    children: [
      { path: "/sign-in", lazy: () => import("../features/sign-in/SignInPage") },
      { path: "/join/:token", lazy: () => import("../features/sign-in/JoinPage") },
      { path: "/enter/:token", lazy: () => import("../features/sign-in/EnterPage") },
      {
        element: <SignedIn><Shell /></SignedIn>,
        errorElement: <RouteFailed />,
        children: [
          { index: true, element: <Begin /> },
          ...AREAS.map((area): RouteObject => ({ path: `${area.path}/*`, lazy: area.load, errorElement: <RouteFailed /> })),
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
  },
];

const router = createBrowserRouter(routes);

/** The whole application. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Suspense>
        <Words>
          <Notifications position="bottom-right" limit={3} />
          <RouterProvider router={router} />
        </Words>
      </Suspense>
    </QueryClientProvider>
  );
}

import { Button, Center, Stack, Text, Title } from "@mantine/core";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { useRouteError } from "react-router";
import { useWords } from "./words";

/** Keeps a fault in one part of the page from taking the rest with it: the softphone stands outside. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <PartFailed error={this.state.error} again={() => this.setState({ error: null })} />;
  }
}

/** What a route shows when it could not be loaded or drawn. */
export function RouteFailed() {
  const error = useRouteError();
  return <PartFailed error={error instanceof Error ? error : new Error(String(error))} again={() => location.reload()} />;
}

function PartFailed({ error, again }: { error: Error; again: () => void }) {
  const { say } = useWords();
  return (
    <Center p="xl">
      <Stack role="alert" className="panel" p="xl" maw={480}>
        <Title order={2}>{say("failure.page")}</Title>
        <Text>{say("failure.page.kept")}</Text>
        <Text size="sm" className="quiet" dir="ltr"><code>{error.message}</code></Text>
        <Button onClick={again}>{say("failure.page.todo")}</Button>
      </Stack>
    </Center>
  );
}

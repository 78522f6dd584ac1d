import { Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import styles from "./AccountPage.module.css";

/** A part of a page with its title, and a line that says what it is for. */
export function Part({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={`panel ${styles["part"] ?? ""}`} aria-labelledby={id}>
      <Stack>
        <div>
          <Title order={2} id={id}>{title}</Title>
          {text !== undefined && <Text className="quiet">{text}</Text>}
        </div>
        {children}
      </Stack>
    </section>
  );
}

// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What a restore would do, for people: the plan that {@code --json} writes for machines. */
record RestorePlanText(JsonNode plan) {
  String text() {
    StringBuilder text =
        new StringBuilder("Dry run: nothing was changed. The restore would work.\n\n");
    line(text, "Base backup", backup());
    line(
        text,
        "To write",
        "%s in %s, from %s in %d %s"
            .formatted(
                bytes("plain_bytes"),
                plan.path("files").isNull()
                    ? "an unknown number of files"
                    : plan.path("files").asInt() + " files",
                bytes("stored_bytes"),
                plan.path("chunks").asInt(),
                plan.path("chunks").asInt() == 1 ? "chunk" : "chunks"));
    line(text, "To", string("target_dir") + ", as a " + string("becomes"));
    line(text, "Recovers to", target(plan.path("reaches")));
    line(text, "Last commit", lastCommit(plan.path("reaches")));
    line(text, "WAL", wal(plan.path("wal")));
    line(text, "Timelines", timelines());
    plan.path("file_systems").forEach(each -> line(text, "Space", space(each)));
    plan.path("tablespaces").forEach(each -> line(text, "Tablespace", tablespace(each)));
    if (plan.path("deletes").isEmpty()) {
      line(text, "Deletes", "nothing");
    }
    plan.path("deletes").forEach(each -> line(text, "Deletes", deletes(each)));
    settings(text);
    plan.path("notes").forEach(note -> text.append("Note: ").append(note.asText()).append(".\n"));
    return text.toString();
  }

  private String backup() {
    String version = plan.path("pg_version").asText("");
    return "%s%s, started %s, ended %s"
        .formatted(
            string("basebackup"),
            version.isEmpty() || plan.path("pg_version").isNull() ? "" : ", PostgreSQL " + version,
            string("start_time"),
            or(plan.path("end_time"), "at a time that is not stored"));
  }

  private static String target(JsonNode reaches) {
    return switch (reaches.path("target").asText()) {
      case "time" ->
          "the last commit %s %s"
              .formatted(
                  reaches.path("inclusive").asBoolean() ? "at or before" : "before",
                  reaches.path("time").asText());
      case "lsn" -> "LSN " + reaches.path("lsn").asText();
      case "name" -> "the restore point " + reaches.path("name").asText();
      case "xid" -> "the commit of transaction " + reaches.path("xid").asText();
      case "immediate" ->
          "the end of the base backup, " + or(reaches.path("lsn"), reaches.path("time").asText());
      default -> "the end of the archived WAL, " + or(reaches.path("lsn"), "which has no segment");
    };
  }

  private static String lastCommit(JsonNode reaches) {
    String time = or(reaches.path("last_commit"), "none in the archived WAL");
    return reaches.path("last_commit_is_estimated").asBoolean()
        ? "by " + time + " (when the store got the WAL)"
        : time;
  }

  private static String wal(JsonNode wal) {
    String gap = wal.path("gap").isNull() ? "" : "; " + wal.path("gap").asText();
    return "%s to %s, %d segments at most%s"
        .formatted(
            wal.path("first_segment").asText(),
            or(wal.path("last_segment"), "nothing"),
            wal.path("segments").asLong(),
            gap);
  }

  private String timelines() {
    List<String> all = new ArrayList<>();
    for (JsonNode each : plan.path("timelines")) {
      String until = or(each.path("until_lsn"), "");
      all.add(each.path("timeline").asText() + (until.isEmpty() ? "" : " until " + until));
    }
    return String.join(", then ", all);
  }

  private static String space(JsonNode share) {
    List<String> directories = new ArrayList<>();
    share.path("directories").forEach(each -> directories.add(each.asText()));
    return "%s: %s needed, %s free on the file system of %s"
        .formatted(
            String.join(", ", directories),
            ByteSize.text(share.path("needed_bytes").asLong()),
            ByteSize.text(share.path("free_bytes").asLong()),
            share.path("path").asText());
  }

  private static String tablespace(JsonNode each) {
    return "%s (%s) in %s"
        .formatted(
            each.path("name").asText(), each.path("oid").asText(), each.path("directory").asText());
  }

  private static String deletes(JsonNode each) {
    List<String> directories = new ArrayList<>();
    each.path("directories").forEach(directory -> directories.add(directory.asText()));
    return "%d files, %s, in %s"
        .formatted(
            each.path("files").asLong(),
            ByteSize.text(each.path("bytes").asLong()),
            String.join(", ", directories));
  }

  private void settings(StringBuilder text) {
    if (plan.path("settings").isNull()) {
      line(text, "Settings", "known when the base backup's PG_VERSION is read");
      return;
    }
    line(text, "Settings", "in " + string("settings_file"));
    for (var setting : plan.path("settings").properties()) {
      text.append("    %s = '%s'%n".formatted(setting.getKey(), setting.getValue().asText()));
    }
  }

  private String bytes(String word) {
    return ByteSize.text(plan.path(word).asLong());
  }

  private String string(String word) {
    return plan.path(word).asText();
  }

  private static String or(JsonNode value, String otherwise) {
    return value.isNull() || value.isMissingNode() ? otherwise : value.asText();
  }

  private static void line(StringBuilder text, String head, String rest) {
    text.append("%-13s%s%n".formatted(head, rest));
  }
}

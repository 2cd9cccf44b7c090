// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.Lsn;
import io.pghoard.restore.RecoveryOptions.Action;
import io.pghoard.restore.RecoveryOptions.Archiving;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The words of a restore request, as the body of {@code POST /SITE/restore} and the options of
 * {@code pghoard_restore get-basebackup} have them, both named alike: {@code target_dir} is {@code
 * --target-dir}.
 */
public final class RestoreParameters {
  private static final Set<String> KNOWN =
      new TreeSet<>(
          Set.of(
              "basebackup",
              "target_dir",
              "overwrite",
              "continue",
              "as_copy",
              "copy_listen_addresses",
              "copy_port",
              "dry_run",
              "tablespace_dir",
              "tablespace_base_dir",
              "tablespace_original_dirs",
              "recovery_target_time",
              "recovery_target_name",
              "recovery_target_xid",
              "recovery_target_lsn",
              "recovery_target_immediate",
              "recovery_target_inclusive",
              "recovery_target_timeline",
              "recovery_target_action",
              "recovery_end_command",
              "primary_conninfo",
              "primary_slot",
              "restore_to_primary",
              "archive_mode",
              "preserve_until",
              "cancel_preserve_on_success"));

  private final Map<String, ? extends @Nullable Object> words;

  private RestoreParameters(Map<String, ? extends @Nullable Object> words) {
    this.words = words;
  }

  /**
   * Reads a request.
   *
   * @param words strings, booleans, whole numbers and, for {@code tablespace_dir}, a map; what is
   *     null counts as left out
   * @throws IllegalArgumentException when a word is unknown, missing, of the wrong kind, or
   *     contradicts another
   */
  public static RestoreRequest parse(SiteName site, Map<String, ? extends @Nullable Object> words) {
    for (String word : words.keySet()) {
      if (!KNOWN.contains(word)) {
        throw new IllegalArgumentException(
            "a restore request has no \"" + word + "\"; it has " + String.join(", ", KNOWN));
      }
    }
    RestoreParameters parameters = new RestoreParameters(words);
    Path target = parameters.path("target_dir");
    if (target == null) {
      throw new IllegalArgumentException("target_dir is missing: the data directory to write");
    }
    String backup = parameters.text("basebackup");
    return new RestoreRequest(
        site,
        backup == null || backup.isEmpty() ? RestoreRequest.LATEST : backup,
        target,
        parameters.flag("overwrite") || parameters.flag("continue"),
        parameters.flag("continue"),
        parameters.tablespaces(),
        parameters.recovery(),
        parameters.preservation());
  }

  /**
   * Whether the restore is to be planned only.
   *
   * @throws IllegalArgumentException when that is neither true nor false
   */
  static boolean isDryRun(Map<String, ? extends @Nullable Object> words) {
    return new RestoreParameters(words).flag("dry_run");
  }

  private @Nullable Preservation preservation() {
    String until = text("preserve_until");
    return until == null
        ? null
        : new Preservation(
            RecoveryTime.parse("preserve_until", until),
            words.get("cancel_preserve_on_success") == null || flag("cancel_preserve_on_success"),
            true);
  }

  private TablespaceMapping tablespaces() {
    Map<String, Path> directories = new TreeMap<>();
    if (words.get("tablespace_dir") instanceof Map<?, ?> map) {
      map.forEach(
          (name, directory) -> {
            requirePrintable("tablespace_dir", "" + directory);
            directories.put("" + name, toPath("" + directory));
          });
    } else if (words.get("tablespace_dir") != null) {
      throw new IllegalArgumentException("tablespace_dir must be a map of names to directories");
    }
    return new TablespaceMapping(
        directories, path("tablespace_base_dir"), flag("tablespace_original_dirs"));
  }

  private RecoveryOptions recovery() {
    String timeline = text("recovery_target_timeline");
    Archiving archiving = choice("archive_mode", Archiving.class);
    CopySettings copy = copy();
    RecoveryTarget target = target();
    Action action = choice("recovery_target_action", Action.class);
    boolean opens = copy != null && action == null && !(target instanceof RecoveryTarget.Latest);
    return new RecoveryOptions(
        target,
        words.get("recovery_target_inclusive") == null ? null : flag("recovery_target_inclusive"),
        timeline == null ? "latest" : timeline,
        opens ? Action.PROMOTE : action,
        text("recovery_end_command"),
        nonEmpty(text("primary_conninfo")),
        nonEmpty(text("primary_slot")),
        copy != null || flag("restore_to_primary"),
        archiving == null ? Archiving.DEFAULT : archiving,
        copy);
  }

  private @Nullable CopySettings copy() {
    String port = text("copy_port");
    String addresses = text("copy_listen_addresses");
    if (flag("as_copy")) {
      return CopySettings.of(
          port == null ? null : Long.valueOf(number("copy_port", port)), addresses);
    }
    if (port != null || addresses != null) {
      throw new IllegalArgumentException(
          "copy_port and copy_listen_addresses are settings of a copy; they go with as_copy");
    }
    return null;
  }

  private RecoveryTarget target() {
    List<RecoveryTarget> targets = new ArrayList<>();
    String time = text("recovery_target_time");
    if (time != null) {
      targets.add(new RecoveryTarget.Time(RecoveryTime.parse("recovery target time", time)));
    }
    String name = text("recovery_target_name");
    if (name != null) {
      targets.add(new RecoveryTarget.Name(name));
    }
    String xid = text("recovery_target_xid");
    if (xid != null) {
      targets.add(new RecoveryTarget.Transaction(number("recovery_target_xid", xid)));
    }
    String lsn = text("recovery_target_lsn");
    if (lsn != null) {
      targets.add(new RecoveryTarget.AtLsn(Lsn.parse(lsn)));
    }
    if (flag("recovery_target_immediate")) {
      targets.add(new RecoveryTarget.Immediate());
    }
    if (targets.size() > 1) {
      throw new IllegalArgumentException(
          "only one recovery target can be given, time, name, xid, LSN or immediate; there are "
              + targets.size());
    }
    return targets.isEmpty() ? new RecoveryTarget.Latest() : targets.get(0);
  }

  private @Nullable String text(String word) {
    Object value = words.get(word);
    if (value == null) {
      return null;
    }
    if (value instanceof String text) {
      requirePrintable(word, text);
      return text;
    }
    if (value instanceof Integer || value instanceof Long) {
      return value.toString();
    }
    throw new IllegalArgumentException(word + " must be a string, not " + value);
  }

  /** In a file of settings a line break would end one, and begin another. */
  private static void requirePrintable(String word, String text) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(word + " must not have control characters in it");
    }
  }

  private boolean flag(String word) {
    Object value = words.get(word);
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    throw new IllegalArgumentException(word + " must be true or false, not " + value);
  }

  private @Nullable Path path(String word) {
    String text = text(word);
    return text == null || text.isEmpty() ? null : toPath(text);
  }

  private <E extends Enum<E>> @Nullable E choice(String word, Class<E> choices) {
    String text = text(word);
    if (text == null) {
      return null;
    }
    try {
      return Enum.valueOf(choices, text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      String all = Arrays.toString(choices.getEnumConstants()).toLowerCase(Locale.ROOT);
      throw new IllegalArgumentException(
          word + " must be one of " + all + ", not \"" + text + "\"", e);
    }
  }

  private static @Nullable String nonEmpty(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static long number(String word, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(word + " must be a whole number, not " + text, e);
    }
  }

  private static Path toPath(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: " + text, e);
    }
  }
}

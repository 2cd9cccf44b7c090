// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.backup.TestSite;
import io.pghoard.config.SiteConfig;
import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchivingWatchTest {
  private static final String COMMAND = "/usr/bin/pghoard_archivecommand --site main --xlog %f";
  private static final String LIBRARY = "archive_library";

  private final TestSite site;
  private final ArchivingWatch watch;
  private final Map<String, String> answers =
      new TreeMap<>(
          Map.of("is_standby", "false", "archive_mode", "on", "archive_command", COMMAND));

  ArchivingWatchTest(@TempDir Path directory) throws IOException {
    site = new TestSite(directory);
    watch = new ArchivingWatch(site.sites, name -> site.store, Clock.systemUTC());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          "",                                                 is empty
          /bin/true,                                          which reports success and stores nothing
          /usr/bin/true %p,                                   which reports success and stores nothing
          :,                                                  which reports success and stores nothing
          exit 0,                                             which reports success and stores nothing
          pghoard_archivecommand --site other --xlog %f,      names another site
          pghoard_archivecommand --site main --xlog,          does not pass the file name
          """)
  void commandThatStoresNothingHere_isTold_untilItIsAnother(String command, String words)
      throws IOException {
    archived("000000010000000000000001");
    answers.put("archive_command", command);
    assertThat(look()).startsWith("on ").contains(words, "pghoard_archivecommand --site main");
    archived("000000010000000000000002");
    assertThat(look()).contains(words);
    answers.put("archive_command", COMMAND);
    assertThat(look()).as("what was archived to nowhere was told").isEmpty();
    archived("000000010000000000000003");
    assertThat(look()).contains("000000010000000000000003");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/opt/site/true-archive %p", "true && cp %p /backup/%f", "cp %p /b/%f"})
  void commandOfOnesOwn_isFine(String command) throws IOException {
    answers.put("archive_command", command);
    assertThat(look()).isEmpty();
  }

  @Test
  void library_isTold_andArchiveModeIsAnotherAlerts() throws IOException {
    answers.put(LIBRARY, "basic_archive");
    assertThat(look()).contains("archive_library is basic_archive");
    answers.put("archive_mode", "off");
    answers.put("archive_command", "(disabled)");
    assertThat(look()).isEmpty();
  }

  @Test
  void walThatIsArchivedElsewhere_isTold_untilItArrives() throws IOException {
    assertThat(look()).as("nothing was archived yet").isEmpty();
    archived("000000010000000000000001");
    assertThat(look()).as("perhaps by another tool, before").isNull();
    archived("000000010000000000000002");
    assertThat(look()).contains("000000010000000000000002", "not in the repository");
    assertThat(look()).as("still").isNotEmpty();
    store("xlog/000000010000000000000002");
    assertThat(look()).isEmpty();
    archived("00000002.history");
    assertThat(look()).contains("00000002.history");
    store("timeline/00000002.history");
    assertThat(look()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"000000010000000000000003.partial", "000000010000000000000003.00000028.backup"})
  void fileThatIsKeptBesideAnotherOfItsName_hasArrived(String name) throws IOException {
    store("xlog/000000010000000000000001");
    archived("000000010000000000000001");
    assertThat(look()).isEmpty();
    archived(name);
    assertThat(look()).contains(name);
    store("xlog_other/" + name + ".0a");
    assertThat(look()).isEmpty();
  }

  private void archived(String file) {
    answers.put("archived_wal", file);
    answers.put("archived_epoch", "1764000000");
  }

  private void store(String key) throws IOException {
    site.store.put(new ObjectKey("main/" + key), Map.of(), new ByteArrayInputStream(new byte[1]));
  }

  private @Nullable String look() throws IOException {
    SiteConfig config = site.sites.get(TestSite.NAME);
    return watch.trouble(config, config.nodes().get(0), new NodeAnswers(answers));
  }
}

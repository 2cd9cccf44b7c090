// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.config.ReceivePlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedWalTest {
  private static final String NAME = "000000010000000000000007";

  @TempDir private Path home = Path.of("");

  private Path keep(String content) throws IOException {
    ReceivePlaces places = new ReceivePlaces(home, home.resolve("own"));
    return RefusedWal.keep(places, Files.writeString(home.resolve(NAME), content));
  }

  @Test
  void fileOfANameThatIsKept_getsAnother_andNothingIsReplaced() throws IOException {
    Path first = keep("one");
    Path second = keep("two");
    assertThat(keep("three").getFileName()).hasToString(NAME + ".3");
    assertThat(second.getFileName()).hasToString(NAME + ".2").isNotEqualTo(first);
    assertThat(first).hasFileName(NAME).hasContent("one");
    assertThat(second).hasContent("two");
    assertThat(home.resolve(NAME)).doesNotExist();
  }
}

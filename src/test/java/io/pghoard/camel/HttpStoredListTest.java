// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.StoredObject;
import io.pghoard.repository.daemon.SentListing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpStoredListTest {
  private static List<StoredObject> read(String body) throws IOException {
    List<StoredObject> listed = new ArrayList<>();
    new SentListing("here/").read(new ByteArrayInputStream(body.getBytes(UTF_8)), listed::add);
    return listed;
  }

  @Test
  void list_isWholeAndOfTheSiteAlone(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      for (String key :
          List.of("main/xlog/1", "main/xlog/2", "main/basebackup/b", "mains/xlog/1")) {
        service
            .store()
            .put(
                new ObjectKey(key), Map.of("a", "\u00e9\n"), new ByteArrayInputStream(new byte[7]));
      }

      HttpResponse<String> list = service.send("GET", "/main/stored/list/xlog/");
      assertThat(read(list.body()))
          .extracting(each -> each.key().text())
          .containsExactly("here/xlog/1", "here/xlog/2");
      assertThat(read(list.body()).get(0))
          .satisfies(
              first -> {
                assertThat(first.size()).isEqualTo(7);
                assertThat(first.metadata()).isEqualTo(Map.of("a", "\u00e9\n"));
                assertThat(first.lastModified())
                    .isEqualTo(service.store().list("main/xlog/1").get(0).lastModified());
              });
      assertThat(read(service.send("GET", "/main/stored/names/").body()))
          .hasSize(3)
          .allMatch(each -> each.metadata().isEmpty());
      assertThat(read(service.send("GET", "/main/stored/list/xlog/2").body())).hasSize(1);
      assertThat(read(service.send("GET", "/main/stored/list/none/").body())).isEmpty();
      assertThat(service.send("GET", "/main/stored/list/..%2F").statusCode()).isIn(400, 404);

      String body = list.body();
      int last = body.lastIndexOf("{\"objects\"");
      assertThatThrownBy(() -> read(body.substring(0, last))).hasMessageContaining("without its");
      assertThatThrownBy(() -> read(body.substring(0, last - 5))).hasMessageContaining("cut off");
      assertThatThrownBy(() -> read(body.replace("xlog/2", "xlog/3")))
          .hasMessageContaining("was changed on the way");
      assertThatThrownBy(() -> read(body.substring(body.indexOf('\n') + 1)))
          .as("a line is missing")
          .hasMessageContaining("was changed on the way");
      assertThatThrownBy(() -> read(body + body)).hasMessageContaining("goes on");
      assertThatThrownBy(() -> read("<html>\n")).hasMessageContaining("cannot be understood");
    }
  }
}

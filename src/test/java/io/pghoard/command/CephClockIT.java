// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.JavaCommand;
import io.pghoard.Pghoard;
import io.pghoard.repository.s3.S3Bucket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A machine whose clock is hours off asks a Ceph, which takes no signature of another time. */
@Timeout(120)
class CephClockIT {
  @RegisterExtension static final S3Bucket BUCKET = S3Bucket.inCeph();

  @Test
  void clockThatIsOff_isTold(@TempDir Path home) throws Exception {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.put("backup_location", home.resolve("spool").toString());
    ObjectNode site = root.putObject("backup_sites").putObject("main");
    site.put("active", false).put("pg_data_directory", home.resolve("data").toString());
    S3Bucket.use(site.putObject("object_storage"), BUCKET.port(), BUCKET.name());
    Path config = home.resolve("pghoard.json");
    Files.write(config, json.writeValueAsBytes(root));

    assertThat(List.of("/usr/bin/faketime", "/usr/local/bin/faketime"))
        .as("faketime, which bin/test installs (apt-get install faketime)")
        .anyMatch(program -> Files.isExecutable(Path.of(program)));
    List<String> command = new ArrayList<>(List.of("faketime", "-f", "+3h"));
    command.addAll(
        JavaCommand.of(
            Pghoard.class,
            List.of("-Dpghoard.program=pghoard_restore"),
            "list-basebackups",
            "--config=" + config));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(said).isEqualTo(1);
    assertThat(said)
        .contains("RequestTimeTooSkewed", "the clocks of this machine and of the store differ");
  }
}

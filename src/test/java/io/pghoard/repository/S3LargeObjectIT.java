// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.repository.s3.S3Bucket;
import io.pghoard.repository.s3.S3ProxyServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An object of one gibibyte, put and got by a daemon with 64 MiB of heap. */
final class S3LargeObjectIT {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  private static final long LARGE = 1L << 30;

  @Test
  @Timeout(300)
  void object_passesThroughASmallHeap(@TempDir Path home) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                S3LargeObjectIT.class.getName(),
                home.toString(),
                BUCKET.name(),
                String.valueOf(BUCKET.port()))
            .redirectErrorStream(true)
            .start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);

      assertThat(said).contains("passed " + LARGE);
      assertThat(process.waitFor()).isZero();
      assertThat(BUCKET.uploads()).isEmpty();
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }

  /** The daemon: its home, the bucket and the port of the server. */
  public static void main(String[] arguments) throws Exception {
    try (RunningService service =
        RunningService.configured(
            Path.of(arguments[0]), root -> use(root, arguments[1], arguments[2]))) {
      service.store().put(StorageContract.KEY, Map.of(), new Zeros());
      try (ObjectContent content = service.store().get(StorageContract.KEY)) {
        System.out.println(
            "passed " + content.stream().transferTo(OutputStream.nullOutputStream()));
      }
    }
  }

  private static void use(ObjectNode root, String bucket, String port) {
    ((ObjectNode) root.path("backup_sites").path("main"))
        .putObject("object_storage")
        .put("storage_type", "s3")
        .put("bucket_name", bucket)
        .put("host", "127.0.0.1")
        .put("port", Integer.parseInt(port))
        .put("aws_access_key_id", S3ProxyServer.KEY_ID)
        .put("aws_secret_access_key", S3ProxyServer.SECRET);
  }

  /** So many zeros. */
  private static final class Zeros extends InputStream {
    private long left = LARGE;

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      int read = (int) Math.min(length, left);
      left -= read;
      return read == 0 ? -1 : read;
    }
  }
}

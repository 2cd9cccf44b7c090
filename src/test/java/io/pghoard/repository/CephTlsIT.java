// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.repository.s3.CephCluster;
import io.pghoard.repository.s3.S3Bucket;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A Ceph that speaks https with a certificate by an authority of one's own. */
@Timeout(120)
final class CephTlsIT {
  @RegisterExtension static final S3Bucket BUCKET = S3Bucket.inCeph();

  private static final ObjectKey SMALL = new ObjectKey("main/xlog/small");
  private static final ObjectKey LARGE = new ObjectKey("main/basebackup_chunk/large");

  @Test
  void objects_comeBackOverTls(@TempDir Path home) throws Exception {
    byte[] bytes = new byte[(6 << 20) + 1];
    new Random(1).nextBytes(bytes);
    try (RunningService service = service(home, BUCKET.ceph().tlsPort(), storage -> {})) {
      ObjectStore store = service.store();
      store.put(SMALL, Map.of("small", "yes"), new ByteArrayInputStream(bytes, 0, 100_000));
      store.put(LARGE, Map.of("small", "no"), new ByteArrayInputStream(bytes));

      assertThat(store.keys("")).containsExactly(LARGE, SMALL);
      assertThat(store.list(""))
          .extracting(StoredObject::metadata)
          .containsExactly(Map.of("small", "no"), Map.of("small", "yes"));
      try (ObjectContent content = store.get(LARGE)) {
        assertThat(content.stream().readAllBytes()).isEqualTo(bytes);
      }
      assertThatThrownBy(() -> store.put(SMALL, Map.of(), new ByteArrayInputStream(bytes)))
          .isInstanceOf(ObjectExistsException.class);
      store.delete(List.of(SMALL, LARGE));
      assertThat(store.keys("")).isEmpty();
      assertThatThrownBy(() -> store.get(SMALL)).isInstanceOf(ObjectMissingException.class);
    }
  }

  @Test
  void certificateOfAnUnknownAuthority_isTold(@TempDir Path home) throws Exception {
    CephCluster ceph = BUCKET.ceph();
    String told =
        "is not signed by a trusted authority; set cert_path to the authority's certificate";
    refused(home.resolve("none"), ceph.tlsPort(), storage -> storage.remove("cert_path"), told);
    refused(
        home.resolve("other"),
        ceph.tlsPort(),
        storage -> storage.put("cert_path", ceph.otherCertificate().toString()),
        told);
  }

  @Test
  void expiredCertificate_isTold(@TempDir Path home) throws Exception {
    refused(
        home,
        BUCKET.ceph().expiredPort(),
        storage -> {},
        "has expired; renew it (or this machine's clock is wrong)");
  }

  @Test
  void certificateOfAnotherHost_isTold(@TempDir Path home) throws Exception {
    refused(
        home,
        BUCKET.ceph().tlsPort(),
        storage -> storage.put("host", "localhost"),
        "is for a different name; check host");
  }

  @Test
  void plainHttpWhereTlsIsAskedFor_isTold(@TempDir Path home) throws Exception {
    refused(
        home,
        BUCKET.port(),
        storage -> {},
        "does not use TLS on this port; check is_secure and port");
  }

  private static void refused(Path home, int port, Consumer<ObjectNode> edit, String told)
      throws Exception {
    try (RunningService service = service(home, port, edit)) {
      assertThatThrownBy(() -> service.store().keys(""))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining(":" + port)
          .hasMessageContaining(told);
      assertThatThrownBy(
              () -> service.store().put(SMALL, Map.of(), new ByteArrayInputStream(new byte[1])))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining(told);
    }
  }

  private static RunningService service(Path home, int port, Consumer<ObjectNode> edit)
      throws Exception {
    return RunningService.configured(
        home,
        root ->
            edit.accept(
                BUCKET
                    .use(root, port)
                    .put("is_secure", true)
                    .put("cert_path", BUCKET.ceph().authority().toString())));
  }
}

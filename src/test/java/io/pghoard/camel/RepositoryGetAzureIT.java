// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.BlockListType;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import io.pghoard.repository.Azurite;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.FaultProxy.Direction;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.PermanentStorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes back from Azure, on good days and on bad ones. */
class RepositoryGetAzureIT extends AzureService {
  private static final ObjectKey KEY = new ObjectKey("main/xlog/00000001000000000000000A");

  /** More than two parts. */
  private static final byte[] LARGE = new byte[10 << 20];

  static {
    new Random(1).nextBytes(LARGE);
  }

  private static byte[] read(RunningService service) throws IOException {
    try (ObjectContent content = service.store().get(KEY)) {
      return content.stream().readAllBytes();
    }
  }

  private static void put(RunningService service, byte[] bytes) throws IOException {
    service.store().put(KEY, Map.of("host", "db1"), new ByteArrayInputStream(bytes));
  }

  @Test
  void largeObject_goesInBlocksAndComesBackWhole(@TempDir Path home) throws Exception {
    String container = azurite().container();
    try (RunningService service = service(home, container, azurite().port(), storage -> {})) {
      put(service, LARGE);

      assertThat(read(service)).isEqualTo(LARGE);
      BlobClient blob =
          azurite().client().getBlobContainerClient(container).getBlobClient(KEY.text());
      assertThat(blob.getBlockBlobClient().listBlocks(BlockListType.ALL).getCommittedBlocks())
          .hasSize(3);
      assertThat(blob.getProperties().getMetadata()).containsEntry("host", "db1");
    }
  }

  @Test
  void objectOfThePythonPghoard_isRead_andADamagedOneIsNot(@TempDir Path home) throws Exception {
    String container = azurite().container();
    try (RunningService service = service(home, container, azurite().port(), storage -> {})) {
      BlobClient blob =
          azurite().client().getBlobContainerClient(container).getBlobClient(KEY.text());
      blob.upload(BinaryData.fromString("abc"));
      blob.setMetadata(Map.of("start_wal_segment", "000000010000000000000002"));

      try (ObjectContent content = service.store().get(KEY)) {
        assertThat(content.metadata())
            .containsExactly(Map.entry("start-wal-segment", "000000010000000000000002"));
        assertThat(content.stream().readAllBytes()).asString(UTF_8).isEqualTo("abc");
      }

      service.store().delete(KEY);
      put(service, "abc".getBytes(UTF_8));
      Map<String, String> stored = blob.getProperties().getMetadata();
      blob.upload(BinaryData.fromString("abd"), true);
      blob.setMetadata(stored);
      assertThatIOException()
          .isThrownBy(() -> read(service))
          .withMessageStartingWith("the object " + KEY + " is damaged");
    }
  }

  @Test
  void wayToAzure_isToldWhenItIsNotThere(@TempDir Path home) throws Exception {
    Files.writeString(home.resolve("application.properties"), "pghoard.storage.retries = 0\n");
    int nobody;
    try (FaultProxy network = new FaultProxy(azurite().port())) {
      nobody = network.port();
    }
    try (RunningService service = service(home, "container-x", nobody, storage -> {})) {
      assertThatIOException()
          .isThrownBy(() -> service.store().keys(""))
          .withMessageContaining("no connection to 127.0.0.1:" + nobody + " (refused)");
    }
    try (RunningService service =
        service(home, "container-x", nobody, storage -> storage.put("host", "a.invalid"))) {
      assertThatIOException()
          .isThrownBy(() -> service.store().keys(""))
          .withMessageContaining("the host name of a.invalid")
          .withMessageContaining("cannot be resolved");
    }
    try (RunningService service =
        service(
            home,
            "container-x",
            azurite().port(),
            storage ->
                storage.putObject("proxy_info").put("host", "127.0.0.1").put("port", nobody))) {
      assertThatIOException()
          .isThrownBy(() -> service.store().keys(""))
          .withMessageContaining("by way of the HTTP proxy 127.0.0.1:" + nobody);
    }
  }

  @Test
  void everyBadCredential_isSaidWithItsRemedy(@TempDir Path home) throws Exception {
    String container = azurite().container();
    try (RunningService service =
        service(
            home,
            container,
            azurite().port(),
            storage -> storage.put("account_key", "c2VjcmV0LWtleQ=="))) {
      assertThatThrownBy(() -> put(service, new byte[1]))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("cannot put " + KEY + ": Azure answered 403")
          .hasMessageContaining("check account_name and account_key")
          .hasMessageNotContaining("c2VjcmV0");
    }
    String readOnly = sas(container, OffsetDateTime.now(ZoneOffset.UTC).plusHours(1));
    try (RunningService service = withSas(home.resolve("b"), container, readOnly)) {
      assertThat(service.store().keys("")).isEmpty();
      assertThatThrownBy(() -> put(service, new byte[1]))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("the sas_token needs the permissions");
    }
    String expired = sas(container, OffsetDateTime.now(ZoneOffset.UTC).minusHours(1));
    try (RunningService service = withSas(home.resolve("c"), container, expired)) {
      assertThatThrownBy(() -> service.store().get(KEY))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("which may have expired");
    }
    try (RunningService service =
        service(home.resolve("d"), "no-such-container", azurite().port(), storage -> {})) {
      for (ThrowingCallable deed :
          List.<ThrowingCallable>of(
              () -> put(service, new byte[1]),
              () -> service.store().get(KEY),
              () -> service.store().list(""),
              () -> service.store().delete(KEY))) {
        assertThatThrownBy(deed)
            .isInstanceOf(PermanentStorageException.class)
            .isNotInstanceOf(ObjectMissingException.class)
            .hasMessageContaining("ContainerNotFound; create the container");
      }
    }
  }

  private static String sas(String container, OffsetDateTime expiry) {
    return azurite()
        .client()
        .getBlobContainerClient(container)
        .generateSas(
            new BlobServiceSasSignatureValues(
                expiry,
                new BlobContainerSasPermission().setReadPermission(true).setListPermission(true)));
  }

  private static RunningService withSas(Path home, String container, String sas) throws Exception {
    Files.createDirectories(home);
    return service(
        home,
        container,
        azurite().port(),
        storage -> storage.put("sas_token", sas).remove("account_key"));
  }

  @Test
  void connectionThatIsCut_leavesNothingHalfWrittenOrHalfRead(@TempDir Path home) throws Exception {
    try (FaultProxy network = new FaultProxy(azurite().port());
        RunningService service =
            service(home, azurite().container(), network.port(), storage -> {})) {
      network.fault(FaultProxy.cutAfter(Direction.TO_SERVER, 5 << 20));
      assertThatIOException()
          .isThrownBy(() -> put(service, LARGE))
          .withMessageStartingWith("cannot put " + KEY);
      network.fault(FaultProxy.healthy());
      assertThat(service.store().keys("")).isEmpty();
      put(service, LARGE);

      // The client asks for 4 MiB at a time, and for the rest of them where it was cut off.
      network.fault(FaultProxy.cutAfter(Direction.TO_CLIENT, 3 << 20));
      assertThat(read(service)).isEqualTo(LARGE);
      network.fault(FaultProxy.latency(5));
      assertThat(read(service)).isEqualTo(LARGE);
    }
  }

  @Test
  void largeObject_goesThroughASmallHeap(@TempDir Path home) throws Exception {
    String container = azurite().container();
    LargeObjectProcess.putAndGet(
        home, storage -> Azurite.storage(storage, container, azurite().port()));
  }

  @Test
  void storeThatNeverAnswers_endsEveryCall(@TempDir Path home) throws Exception {
    try (FaultProxy network = new FaultProxy(azurite().port());
        RunningService service =
            service(
                home,
                azurite().container(),
                network.port(),
                storage -> storage.put("read_timeout", 1).put("call_timeout", 2))) {
      put(service, new byte[10]);
      network.fault(FaultProxy.silence());
      long start = System.nanoTime();
      assertThatIOException().isThrownBy(() -> service.store().get(KEY));
      assertThatIOException().isThrownBy(() -> service.store().keys(""));
      for (byte[] body : List.of(LARGE, new byte[10])) {
        assertThatIOException()
            .isThrownBy(
                () ->
                    service
                        .store()
                        .put(new ObjectKey("main/x"), Map.of(), new ByteArrayInputStream(body)));
      }
      // Four calls, each made four times.
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
      network.fault(FaultProxy.healthy());
      assertThat(read(service)).hasSize(10);
    }
  }
}

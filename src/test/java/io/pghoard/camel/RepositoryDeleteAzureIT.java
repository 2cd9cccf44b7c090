// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryDeleteAzureIT extends AzureService {
  @Test
  void batch_goesWithThoseThatAreGoneAlready(@TempDir Path home) throws Exception {
    List<ObjectKey> keys =
        List.of(new ObjectKey("main/a"), new ObjectKey("main/b"), new ObjectKey("main/c"));
    try (RunningService service = service(home)) {
      for (ObjectKey key : keys) {
        service.store().put(key, Map.of(), InputStream.nullInputStream());
      }
      service.store().delete(keys.get(1));

      service.store().delete(keys);

      assertThat(service.store().keys("")).isEmpty();
    }
  }

  @Test
  void networkThatIsDown_isNoSuccess(@TempDir Path home) throws Exception {
    ObjectKey key = new ObjectKey("main/a");
    try (FaultProxy network = new FaultProxy(azurite().port());
        RunningService service =
            service(home, azurite().container(), network.port(), storage -> {})) {
      service.store().put(key, Map.of(), InputStream.nullInputStream());
      network.fault(FaultProxy.cutAfter(FaultProxy.Direction.TO_SERVER, 0));

      assertThatIOException()
          .isThrownBy(() -> service.store().delete(key))
          .withMessageStartingWith("cannot delete main/a: ")
          .withMessageContaining("127.0.0.1:" + network.port());

      network.fault(FaultProxy.healthy());
      assertThat(service.store().keys("")).containsExactly(key);
    }
  }

  @Test
  void storeThatIsBusy_isNoSuccess_andIsUsedWhenItIsNot(@TempDir Path home) throws Exception {
    ObjectKey key = new ObjectKey("main/a");
    Files.writeString(home.resolve("application.properties"), "pghoard.storage.retries = 0\n");
    try (FaultProxy network = new FaultProxy(azurite().port());
        RunningService service =
            service(home, azurite().container(), network.port(), storage -> {})) {
      network.fault(FaultProxy.answering("503 Server Busy"));
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> service.store().put(key, Map.of(), InputStream.nullInputStream()),
              () -> service.store().get(key),
              () -> service.store().keys(""),
              () -> service.store().delete(key))) {
        assertThatThrownBy(call)
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(PermanentStorageException.class)
            .hasMessageContaining("Azure answered 503");
      }
      network.fault(FaultProxy.healthy());
      service.store().put(key, Map.of(), InputStream.nullInputStream());
      assertThat(service.store().keys("")).containsExactly(key);
    }
  }

  @Test
  void deleteThatIsRefused_isToldWithWhatToDo_andNothingIsGone(@TempDir Path home)
      throws Exception {
    ObjectKey key = new ObjectKey("main/a");
    String container = azurite().container();
    String all =
        azurite()
            .client()
            .getBlobContainerClient(container)
            .generateSas(
                new BlobServiceSasSignatureValues(
                    OffsetDateTime.now(ZoneOffset.UTC).plusHours(1),
                    BlobContainerSasPermission.parse("racwl")));
    try (RunningService service =
        service(
            home,
            container,
            azurite().port(),
            storage -> storage.put("sas_token", all).remove("account_key"))) {
      service.store().put(key, Map.of(), InputStream.nullInputStream());

      assertThatThrownBy(() -> service.store().delete(key))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("cannot delete main/a: Azure answered 403")
          .hasMessageContaining("the sas_token needs the permissions");
      assertThat(service.store().keys("")).containsExactly(key);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

class StoresTest {
  @Test
  void clientOfAChangedSite_isClosed_whenTheWorkThatMayUseItHasEnded(@TempDir Path home)
      throws Exception {
    try (RunningService service = RunningService.configured(home, StoresTest::inS3)) {
      CamelContext context = service.service().context();
      Stores stores = service.service().bean("stores", Stores.class);
      String bean = stores.of(RunningService.SITE).client();
      CountDownLatch end = new CountDownLatch(1);
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Object> work = work(context, begun, end);
      begun.await();
      service.reconfigure(
          root -> ((ObjectNode) root.at("/backup_sites/main/object_storage")).put("port", 2));
      await().until(() -> stores.retired() == 1);
      assertThat(context.getRegistry().lookupByName(bean)).isInstanceOf(S3Client.class);
      assertThat(stores.of(RunningService.SITE).client()).isNotEqualTo(bean);
      end.countDown();
      work.join();
      await().until(() -> context.getRegistry().lookupByName(bean) == null);
      assertThat(stores.retired()).isZero();
    }
  }

  private static CompletableFuture<Object> work(
      CamelContext context, CountDownLatch begun, CountDownLatch end) throws Exception {
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:work")
                .process(
                    exchange -> {
                      begun.countDown();
                      end.await();
                    });
          }
        });
    return context.createProducerTemplate().asyncRequestBody("direct:work", "");
  }

  private static void inS3(ObjectNode root) {
    ((ObjectNode) root.at("/backup_sites/main"))
        .putObject("object_storage")
        .put("storage_type", "s3")
        .put("bucket_name", "backups")
        .put("host", "127.0.0.1")
        .put("port", 1)
        .put("aws_access_key_id", "id")
        .put("aws_secret_access_key", "secret");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** The way of the beans to storage: every call goes through one of the storage routes. */
public final class RoutedRepositories implements Repositories {
  private final ProducerTemplate producer;

  public RoutedRepositories(ProducerTemplate producer) {
    this.producer = producer;
  }

  @Override
  public ObjectStore of(SiteName site) {
    return new Routes(site);
  }

  private final class Routes implements ObjectStore {
    private final SiteName site;

    Routes(SiteName site) {
      this.site = site;
    }

    @Override
    public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
        throws IOException {
      through("repository-put", Map.of("objectKey", key, "objectMetadata", metadata), body);
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
      return (ObjectContent) through("repository-get", Map.of("objectKey", key), "");
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<StoredObject> list(String prefix) throws IOException {
      return (List<StoredObject>) through("repository-list", Map.of("objectKeyPrefix", prefix), "");
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<ObjectKey> keys(String prefix) throws IOException {
      return (List<ObjectKey>)
          through(
              "repository-list", Map.of("objectKeyPrefix", prefix, "objectNamesOnly", true), "");
    }

    @Override
    public void delete(List<ObjectKey> keys) throws IOException {
      through("repository-delete", Map.of("objectKeys", keys), "");
    }

    private Object through(String route, Map<String, Object> variables, Object body)
        throws IOException {
      Exchange answer =
          producer.request(
              "direct:" + route,
              exchange -> {
                exchange.setVariable("site", site);
                variables.forEach(exchange::setVariable);
                exchange.getMessage().setBody(body);
              });
      Exception failure = answer.getException();
      // A split tells which part failed, and the producer that it was an exchange.
      while ((failure instanceof CamelExecutionException
              || failure instanceof CamelExchangeException)
          && failure.getCause() instanceof Exception cause) {
        failure = cause;
      }
      if (failure instanceof IOException e) {
        throw e;
      }
      if (failure != null) {
        throw new IOException(route + " failed: " + failure.getMessage(), failure);
      }
      return answer.getMessage().getBody();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.codec.Compression;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.PlainSize;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.support.service.ServiceSupport;

/**
 * A compression as a step of a route: {@code marshal} compresses a stream, {@code unmarshal} opens
 * the content of a stored object.
 *
 * <p>Unmarshal takes and gives an {@link ObjectContent}, which is decoded while it is read: of a
 * chunk of gigabytes nothing lies in memory or on disk. The algorithm that the object's own
 * metadata names is used, so that objects of an earlier configuration, or of the Python pghoard,
 * are read.
 */
public final class CodecDataFormat extends ServiceSupport implements DataFormat {
  private static final String ALGORITHM = "compression-algorithm";

  private final Compression configured;
  private final int threads;

  // A codec keeps its workers and buffers from one object to the next.
  private final Map<String, Compression> decoders = new ConcurrentHashMap<>();

  /**
   * Makes the data format.
   *
   * @param configured what compresses
   * @param threads how many workers decode one object
   */
  public CodecDataFormat(Compression configured, int threads) {
    this.configured = configured;
    this.threads = threads;
    decoders.put(configured.name(), configured);
  }

  @Override
  public void marshal(Exchange exchange, Object body, OutputStream out) throws Exception {
    // A body of an own stream type is taken as it is; Camel's conversion would wrap it.
    InputStream plain =
        body instanceof InputStream stream
            ? stream
            : exchange.getContext().getTypeConverter().mandatoryConvertTo(InputStream.class, body);
    try (plain;
        OutputStream encoded = configured.encode(out)) {
      plain.transferTo(encoded);
    }
  }

  @Override
  public Object unmarshal(Exchange exchange, InputStream stream) {
    throw new IllegalArgumentException(
        "unmarshal takes the body that repository-get gives, not a stream: Camel would close it"
            + " before anything of it is read");
  }

  @Override
  public Object unmarshal(Exchange exchange, Object body) throws Exception {
    ObjectContent content =
        exchange
            .getContext()
            .getTypeConverter()
            .mandatoryConvertTo(ObjectContent.class, exchange, body);
    String algorithm = content.metadata().get(ALGORITHM);
    if (algorithm == null) {
      return content;
    }
    try {
      Compression decoder =
          decoders.computeIfAbsent(algorithm, name -> Compression.named(name, 0, threads));
      return PlainSize.limited(content.withStream(decoder.decode(content.stream())));
    } catch (Exception | LinkageError e) {
      // Nobody else has the stream, and behind it may be one of few connections.
      content.close();
      throw e;
    }
  }
}

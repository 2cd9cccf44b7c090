// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.codec.Compression;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectSource;
import io.pghoard.repository.PlainObject;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.support.service.ServiceSupport;

/**
 * A compression as a step of a route: {@code marshal} compresses an {@link ObjectSource} or a
 * stream, {@code unmarshal} opens the content of a stored object.
 *
 * <p>Unmarshal takes and gives an {@link ObjectContent}, which is decoded while it is read: of a
 * chunk of gigabytes nothing lies in memory or on disk. What the object's own metadata name is
 * used, so that objects of an earlier configuration, or of the Python pghoard, are read.
 */
public final class CodecDataFormat extends ServiceSupport implements DataFormat {
  private final Compression configured;
  private final PlainObject plain;

  /**
   * Makes the data format.
   *
   * @param configured what compresses
   * @param threads how many workers decode one object
   */
  public CodecDataFormat(Compression configured, int threads) {
    this.configured = configured;
    this.plain = new PlainObject(threads);
  }

  @Override
  public void marshal(Exchange exchange, Object body, OutputStream out) throws Exception {
    try (InputStream content = content(exchange, body);
        OutputStream encoded = configured.encode(out)) {
      content.transferTo(encoded);
    }
  }

  /** A body of an own type is taken as it is; Camel's conversion would wrap it. */
  private static InputStream content(Exchange exchange, Object body) throws Exception {
    if (body instanceof ObjectSource source) {
      return source.content();
    }
    return body instanceof InputStream stream
        ? stream
        : exchange.getContext().getTypeConverter().mandatoryConvertTo(InputStream.class, body);
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
    return plain.open(exchange.getVariable("objectKey", ObjectKey.class), content);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.ObjectKey;
import java.nio.file.Path;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.support.SimpleTypeConverter;

/**
 * Lets a route hand text to a bean that asks for a value: a site, a WAL file name, a key, a path.
 */
public final class Converters {
  private Converters() {}

  public static void register(CamelContext context) {
    register(context, SiteName.class, SiteName::new);
    register(context, WalFileName.class, WalFileName::parse);
    register(context, ObjectKey.class, ObjectKey::new);
    register(context, Path.class, Path::of);
  }

  private static <T> void register(CamelContext context, Class<T> type, Function<String, T> parse) {
    TypeConverterRegistry registry = context.getTypeConverterRegistry();
    SimpleTypeConverter.ConversionMethod conversion =
        (Class<?> wanted, Exchange exchange, Object value) -> parse.apply((String) value);
    registry.addTypeConverter(type, String.class, new SimpleTypeConverter(false, conversion));
  }
}

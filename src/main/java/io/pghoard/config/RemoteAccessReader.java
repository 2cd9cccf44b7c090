// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.JsonValue.ObjectValue;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the keys that every store on another machine has: {@link Keys#REMOTE}. */
record RemoteAccessReader(Section storage) {
  private static final Range SECONDS = new Range(1, 86_400);

  RemoteAccess read() {
    return new RemoteAccess(
        seconds("connect_timeout", 10),
        seconds("read_timeout", 30),
        seconds("call_timeout", 300),
        proxy());
  }

  private Duration seconds(String key, long whenMissing) {
    return Duration.ofSeconds(storage.whole(key, whenMissing, SECONDS));
  }

  private @Nullable ProxyConfig proxy() {
    ObjectValue object = storage.object("proxy_info");
    if (object == null) {
      return null;
    }
    Section proxy = new Section(object, Keys.PROXY, storage.problems());
    String type = proxy.choice("type", "http", List.of("http", "socks5"));
    String host = proxy.text("host");
    if (host == null) {
      proxy.missing("host", "set it to the name or the address of the proxy");
    }
    if (!proxy.isSet("port")) {
      proxy.missing("port", "set it to the port of the proxy");
    }
    return new ProxyConfig(
        ProxyConfig.Type.valueOf(type.toUpperCase(Locale.ROOT)),
        host == null ? "" : host,
        proxy.whole("port", 1, new Range(1, 65_535)),
        proxy.text("user"),
        proxy.text("pass"));
  }
}

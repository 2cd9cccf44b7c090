// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.JsonValue.Member;
import io.pghoard.config.JsonValue.NumberValue;
import io.pghoard.config.JsonValue.ObjectValue;
import io.pghoard.config.JsonValue.TextValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads an {@code object_storage} of type {@code routed}. */
record RoutedStorageReader(Section storage) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{0,31}");

  /** The names that shipped routes are called after. */
  private static final Set<String> TAKEN = taken();

  private static Set<String> taken() {
    Set<String> taken = new TreeSet<>(StorageReader.names());
    taken.add(StorageType.DAEMON.text());
    return taken;
  }

  RoutedStorage read() {
    return new RoutedStorage(name(), options(), new PrefixReader(storage).read(""));
  }

  private String name() {
    String name = storage.text("name");
    if (name == null) {
      storage.missing("name", "set it to NAME of your routes repository-put-NAME and so on");
      return "missing";
    }
    if (!NAME.matcher(name).matches() || TAKEN.contains(name)) {
      storage.wrong(
          "name",
          "\"" + name + "\" is not a valid name for a store of type routed",
          "write up to 32 lower case letters and digits, and none of " + String.join(", ", TAKEN));
      return "missing";
    }
    return name;
  }

  private Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    ObjectValue object = storage.object("options");
    if (object == null) {
      return options;
    }
    for (Map.Entry<String, Member> entry : object.members().entrySet()) {
      JsonValue value = entry.getValue().value();
      if (value instanceof TextValue text) {
        options.put(entry.getKey(), text.text());
      } else if (value instanceof NumberValue number) {
        options.put(entry.getKey(), number.digits());
      } else {
        storage
            .problems()
            .add(
                value.place(),
                "the value is " + value.kind(),
                "write a text in double quotes or a number");
      }
    }
    return options;
  }
}

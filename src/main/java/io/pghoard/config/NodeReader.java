// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.JsonValue.Member;
import io.pghoard.config.JsonValue.NullValue;
import io.pghoard.config.JsonValue.NumberValue;
import io.pghoard.config.JsonValue.ObjectValue;
import io.pghoard.config.JsonValue.TextValue;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.postgres.ConnectionString;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a node: an object of libpq's parameters, libpq's key=value string, or its URI; and beside
 * them a replication slot, which is not a parameter of libpq's.
 *
 * @param slotsAllowed whether a node may have a replication slot
 * @param slots to which the slots of nodes are added
 */
record NodeReader(Problems problems, boolean slotsAllowed, Map<ConnectionInfo, String> slots) {
  private static final String OTHER_MODE =
      "a replication slot is for active_backup_mode pg_receivexlog";
  private static final String NO_SLOT =
      "remove slot, and drop an unused slot in PostgreSQL: it keeps WAL forever";

  private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");

  /** The node, or null when something is wrong with it. */
  @Nullable ConnectionInfo read(JsonValue value) {
    Map<String, String> parameters = null;
    if (value instanceof ObjectValue object) {
      parameters = parameters(object);
    } else if (value instanceof TextValue text) {
      parameters = parameters(text);
    } else {
      problems.add(
          value.place(),
          "a node is " + value.kind(),
          "write an object of libpq's parameters, a key=value string or a postgres:// URI");
    }
    return parameters == null ? null : connectionInfo(value.place(), parameters);
  }

  private @Nullable Map<String, String> parameters(ObjectValue object) {
    Map<String, String> parameters = new LinkedHashMap<>();
    boolean whole = true;
    for (Map.Entry<String, Member> entry : object.members().entrySet()) {
      String keyword = entry.getKey();
      JsonValue value = entry.getValue().value();
      if (value instanceof NullValue) {
        continue;
      }
      whole &= isKnown(entry.getValue().place(), keyword, "\"" + keyword + "\"");
      if (value instanceof TextValue text) {
        parameters.put(keyword, text.text());
      } else if (value instanceof NumberValue number) {
        parameters.put(keyword, number.digits());
      } else {
        problems.add(
            value.place(),
            "the value is " + value.kind(),
            "write a text in double quotes or a number");
        whole = false;
      }
    }
    return whole ? parameters : null;
  }

  private @Nullable Map<String, String> parameters(TextValue text) {
    try {
      Map<String, String> parameters = ConnectionString.parse(text.text());
      boolean whole = true;
      for (String keyword : parameters.keySet()) {
        // The keyword itself is not shown: it may be a piece of a password that lacks its quotes.
        whole &= isKnown(text.place(), keyword, "a keyword of the text");
      }
      return whole ? new LinkedHashMap<>(parameters) : null;
    } catch (IllegalArgumentException unreadable) {
      problems.add(
          text.place(),
          "this is neither a key=value string nor a URI of libpq: " + unreadable.getMessage(),
          "see \"Connection Strings\" in libpq's documentation");
      return null;
    }
  }

  private boolean isKnown(Place place, String keyword, String shown) {
    Set<String> known = ConnectionInfo.keywords();
    if (ConnectionInfo.SECRETS.contains(keyword) && !keyword.equals("password")) {
      problems.add(
          place,
          shown
              + " would be visible to every user of the machine, as an argument of PostgreSQL's programs",
          "of these parameters use only password; leave a client's key without a passphrase, in a file that only the daemon's user can read (sslkey)");
      return false;
    }
    if (known.contains(keyword) || (slotsAllowed && keyword.equals("slot"))) {
      return true;
    }
    if (keyword.equals("slot")) {
      problems.add(place, OTHER_MODE, NO_SLOT);
    } else if (keyword.equals("username")) {
      problems.add(place, "libpq has no parameter username", "the parameter is called user");
    } else {
      problems.add(
          place,
          shown + " is not a parameter of libpq",
          "the nearest one is " + NearestKey.of(keyword, known));
    }
    return false;
  }

  private @Nullable ConnectionInfo connectionInfo(Place place, Map<String, String> parameters) {
    String slot = parameters.remove("slot");
    if (slot != null && !SLOT.matcher(slot).matches()) {
      problems.add(
          place,
          "PostgreSQL does not accept this slot name",
          "write up to 63 lower-case letters, digits and underscores");
      return null;
    }
    try {
      ConnectionInfo node = new ConnectionInfo(parameters);
      if (slot != null) {
        slots.put(node, slot);
      }
      return node;
    } catch (IllegalArgumentException refused) {
      problems.add(place, "libpq cannot use this: " + refused.getMessage(), "correct the value");
      return null;
    }
  }
}

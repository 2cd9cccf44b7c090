// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How to connect to a cluster: libpq's parameters by their keywords. Never shows a password.
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/15/libpq-connect.html">libpq connection
 * strings</a>.
 */
public record ConnectionInfo(Map<String, String> parameters) {
  /** The keywords whose values are secrets. */
  public static final Set<String> SECRETS =
      Set.of(
          "oauth_client_secret", "password", "scram_client_key", "scram_server_key", "sslpassword");

  /**
   * The keywords of libpq 13 to 18; which of them work is the matter of the libpq that is there.
   */
  private static final Set<String> KEYWORDS =
      Set.of(
          """
          application_name channel_binding client_encoding connect_timeout dbname \
          fallback_application_name gssdelegation gssencmode gsslib host hostaddr keepalives \
          keepalives_count keepalives_idle keepalives_interval krbsrvname load_balance_hosts \
          max_protocol_version min_protocol_version oauth_client_id oauth_client_secret \
          oauth_issuer oauth_scope options passfile password port replication require_auth \
          requirepeer scram_client_key scram_server_key service servicefile sslcert \
          sslcertmode sslcompression sslcrl sslcrldir sslkey sslkeylogfile sslmode \
          sslnegotiation sslpassword sslrootcert sslsni ssl_max_protocol_version \
          ssl_min_protocol_version target_session_attrs tcp_user_timeout user"""
              .split(" "));

  private static final Pattern PORT = Pattern.compile("|[1-9][0-9]{0,4}");

  /**
   * Takes libpq's parameters as they are.
   *
   * @throws IllegalArgumentException on an unknown keyword, a value with a zero character, a port
   *     that is none; its message holds no value
   */
  public ConnectionInfo {
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    parameters.forEach(ConnectionInfo::check);
  }

  /**
   * Reads libpq's key=value string or its URI.
   *
   * @throws IllegalArgumentException when the text is neither, or as the constructor does; its
   *     message holds no part of the text, which may be a password
   */
  public static ConnectionInfo parse(String text) {
    return new ConnectionInfo(ConnectionString.parse(text));
  }

  /** libpq's keywords, in the order of the alphabet. */
  public static Set<String> keywords() {
    return new TreeSet<>(KEYWORDS);
  }

  /** These parameters with one more, or with another value of it. */
  public ConnectionInfo with(String keyword, String value) {
    Map<String, String> all = new LinkedHashMap<>(parameters);
    all.put(keyword, value);
    return new ConnectionInfo(all);
  }

  /** These parameters without one. */
  public ConnectionInfo without(String keyword) {
    Map<String, String> rest = new LinkedHashMap<>(parameters);
    rest.remove(keyword);
    return new ConnectionInfo(rest);
  }

  /** The parameters as libpq's key=value string, every value quoted; it holds the password. */
  public String toConnectionString() {
    StringBuilder text = new StringBuilder();
    parameters.forEach(
        (keyword, value) -> {
          String quoted = value.replace("\\", "\\\\").replace("'", "\\'");
          text.append(text.isEmpty() ? "" : " ").append(keyword).append("='").append(quoted);
          text.append('\'');
        });
    return text.toString();
  }

  @Override
  public String toString() {
    Map<String, String> shown = new LinkedHashMap<>(parameters);
    shown.keySet().removeAll(SECRETS);
    return new ConnectionInfo(shown).toConnectionString();
  }

  private static void check(String keyword, String value) {
    if (!KEYWORDS.contains(keyword)) {
      throw new IllegalArgumentException("a keyword is not one of libpq's");
    }
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the value of " + keyword + " has a zero character");
    }
    if (keyword.equals("port") && !isPortList(value)) {
      throw new IllegalArgumentException(
          "port is invalid: it must be a number from 1 to 65535, or several with commas between");
    }
  }

  /** libpq takes a list of ports for a list of hosts; an empty one is the default port. */
  private static boolean isPortList(String value) {
    for (String port : value.split(",", -1)) {
      if (!PORT.matcher(port).matches() || (!port.isEmpty() && Integer.parseInt(port) > 65535)) {
        return false;
      }
    }
    return true;
  }
}

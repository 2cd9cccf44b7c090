// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

/** A user name and a password for HTTP's Basic authentication; never shown by toString. */
public record Credentials(String username, String password) {
  @Override
  public String toString() {
    return "Credentials[" + username + "]";
  }
}

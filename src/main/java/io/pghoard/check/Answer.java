// SPDX-License-Identifier: Apache-2.0
package io.pghoard.check;

import org.jspecify.annotations.Nullable;

/**
 * What a check answers.
 *
 * @param text what was found, a line without a full stop
 * @param remedy what to do about it; null when there is nothing to do
 */
public record Answer(Outcome outcome, String text, @Nullable String remedy) {
  public static Answer ok(String text) {
    return new Answer(Outcome.OK, text, null);
  }

  public static Answer warning(String text, String remedy) {
    return new Answer(Outcome.WARNING, text, remedy);
  }

  public static Answer unknown(String text) {
    return new Answer(Outcome.UNKNOWN, text, null);
  }

  public static Answer failed(String text, String remedy) {
    return new Answer(Outcome.FAILED, text, remedy);
  }
}

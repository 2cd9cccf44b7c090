// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.layout.AbstractStringLayout;

/** One of the formats, a line each. */
final class LineLayout extends AbstractStringLayout {
  private final LineFormat format;

  LineLayout(LineFormat format) {
    super(UTF_8);
    this.format = format;
  }

  @Override
  public String toSerializable(LogEvent event) {
    return format.of(event) + "\n";
  }
}

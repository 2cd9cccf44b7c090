// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.config.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What tells that a file has changed: its status change time, which nobody can set, also tells
 * another owner or mode.
 */
record RouteStamp(String state) {
  static RouteStamp of(Path file) {
    try {
      Map<String, Object> now = Files.readAttributes(file, "unix:ctime,size,ino,dev");
      return new RouteStamp(new TreeMap<>(now).toString());
    } catch (IOException e) {
      return unreadable(e);
    }
  }

  static RouteStamp unreadable(IOException failure) {
    return new RouteStamp(FileFailure.reason(failure));
  }
}

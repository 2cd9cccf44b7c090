// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The resumable uploads that are not complete, by the ids of their puts: a put that is repeated
 * goes on with its own. Of those that nobody repeats the oldest are forgotten, as Google does.
 */
final class UploadSessions {
  private static final int MOST = 64;

  private final Map<String, String> urls = new LinkedHashMap<>();

  synchronized void add(String id, String url) {
    urls.put(id, url);
    if (urls.size() > MOST) {
      urls.remove(urls.keySet().iterator().next());
    }
  }

  synchronized @Nullable String of(String id) {
    return urls.get(id);
  }

  synchronized void forget(String id) {
    urls.remove(id);
  }
}

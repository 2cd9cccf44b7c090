// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which objects of a site are known to be damaged or lost. They are marked in the repository
 * itself, by an object of their own each, so that every daemon and every restore knows, on any
 * machine.
 *
 * <p>The key of the mark of {@code SITE/xlog/NAME} is {@code SITE/damaged_object/xlog/NAME}; its
 * content says in one line what is wrong.
 */
public record DamageMarks(ObjectStore store, SiteKeys keys) {
  /** How the reason begins of an object that is as it was put, but holds something else. */
  private static final String OF_CONTENT = "its content is not what it should be: ";

  private static final int LONGEST = 4096;

  /** The objects that are marked, in the order of their keys. */
  public TreeSet<ObjectKey> objects() throws IOException {
    TreeSet<ObjectKey> objects = new TreeSet<>();
    for (ObjectKey mark : store.keys(keys.damaged())) {
      objects.add(
          new ObjectKey(keys.prefix() + mark.text().substring(keys.damaged().length() - 1)));
    }
    return objects;
  }

  /** Marks an object; one that is marked already keeps its mark. */
  public void mark(ObjectKey object, String reason) throws IOException {
    byte[] line = reason.replace('\n', ' ').getBytes(UTF_8);
    try {
      store.put(keys.damaged(object), Map.of(), new ByteArrayInputStream(line));
    } catch (ObjectExistsException e) {
      // By another daemon, or by this one before a restart.
      return;
    }
  }

  /** Marks an object that is as it was put: reading its bytes alone does not show what is wrong. */
  public void markContent(ObjectKey object, String reason) throws IOException {
    mark(object, OF_CONTENT + reason);
  }

  /** Whether only a look at the content shows what is wrong with a marked object. */
  public boolean isOfContent(ObjectKey object) throws IOException {
    try {
      return reason(object).startsWith(OF_CONTENT);
    } catch (ObjectMissingException e) {
      return false;
    }
  }

  /** What is wrong with a marked object. */
  public String reason(ObjectKey object) throws IOException {
    try (ObjectContent mark = store.get(keys.damaged(object))) {
      return new String(mark.stream().readNBytes(LONGEST), UTF_8);
    }
  }

  /** Takes the mark away: the object is whole again, or nobody needs it any more. */
  public void clear(ObjectKey object) throws IOException {
    store.delete(keys.damaged(object));
  }
}

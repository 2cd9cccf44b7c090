// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.JsonValue.Member;
import io.pghoard.config.JsonValue.ObjectValue;
import io.pghoard.config.JsonValue.TextValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads {@code object_storage} in both of its shapes: since November 2015 {@code {"storage_type":
 * "local", ...}}, before it {@code {"local": {...}}}.
 */
record StorageReader(Problems problems, Path backupLocation) {
  /** The Python pghoard's name of a store that is not supported yet. */
  private static final String SWIFT = "swift";

  /** All names, in the order in which messages list them. */
  static List<String> names() {
    return Stream.concat(StorageType.inConfiguration().map(StorageType::text), Stream.of(SWIFT))
        .toList();
  }

  /** Where objects lie when object_storage is missing, null or empty. */
  private LocalStorage whenMissing() {
    return new LocalStorage(backupLocation.resolve("repository"));
  }

  StorageConfig read(Section site) {
    ObjectValue object = site.object("object_storage");
    if (object == null || object.members().isEmpty()) {
      return whenMissing();
    }
    Member type = object.members().get("storage_type");
    if (type == null) {
      return oldShape(object);
    }
    if (!(type.value() instanceof TextValue text)) {
      problems.add(type.value().place(), "the value is " + type.value().kind(), "write \"local\"");
      return whenMissing();
    }
    return ofType(text.text(), type.value().place(), object);
  }

  private StorageConfig oldShape(ObjectValue object) {
    for (Map.Entry<String, Member> entry : object.members().entrySet()) {
      JsonValue value = entry.getValue().value();
      if (names().contains(entry.getKey())
          && value instanceof ObjectValue inner
          && object.members().size() == 1) {
        return ofType(entry.getKey(), entry.getValue().place(), inner);
      }
    }
    problems.add(object.place(), "storage_type is missing", "set it to \"local\"");
    return whenMissing();
  }

  private StorageConfig ofType(String type, Place place, ObjectValue object) {
    StorageType known = StorageType.named(type).orElse(null);
    if (known != null) {
      return ofType(known, object);
    }
    if (type.equals(SWIFT)) {
      problems.add(
          place,
          "storage of type " + type + " comes with a later release",
          "set storage_type to \"local\", \"s3\", \"azure\", \"google\" or \"sftp\"");
    } else {
      problems.add(
          place, "unknown storage type", "the nearest one is " + NearestKey.of(type, names()));
    }
    return whenMissing();
  }

  private StorageConfig ofType(StorageType type, ObjectValue object) {
    return switch (type) {
      case LOCAL -> local(new Section(object, Keys.LOCAL_STORAGE, problems));
      case S3 -> new S3StorageReader(new Section(object, Keys.S3_STORAGE, problems)).read();
      case AZURE ->
          new AzureStorageReader(new Section(object, Keys.AZURE_STORAGE, problems)).read();
      case GOOGLE ->
          new GoogleStorageReader(new Section(object, Keys.GOOGLE_STORAGE, problems)).read();
      case ROUTED ->
          new RoutedStorageReader(new Section(object, Keys.ROUTED_STORAGE, problems)).read();
      case SFTP -> new SftpStorageReader(new Section(object, Keys.SFTP_STORAGE, problems)).read();
      case DAEMON -> throw new IllegalArgumentException("pghoard.json names no daemon");
    };
  }

  private StorageConfig local(Section local) {
    Path directory = local.absolutePath("directory");
    if (!local.isSet("directory")) {
      local.missing("directory", "set it to the absolute path of the repository's root");
    }
    String prefix = new PrefixReader(local).read("");
    Path root = directory == null ? whenMissing().directory() : directory;
    return new LocalStorage(root.resolve(prefix).normalize());
  }
}

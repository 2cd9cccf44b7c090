// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.JsonValue.Member;
import io.pghoard.config.JsonValue.ObjectValue;
import io.pghoard.config.JsonValue.TextValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code object_storage} in both of its shapes: since November 2015 {@code {"storage_type":
 * "local", ...}}, before it {@code {"local": {...}}}.
 */
record StorageReader(Problems problems, Path backupLocation) {
  private static final List<String> TYPES =
      List.of("local", "s3", "google", "azure", "swift", "sftp", "routed");

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
      if (TYPES.contains(entry.getKey())
          && value instanceof ObjectValue inner
          && object.members().size() == 1) {
        return ofType(entry.getKey(), entry.getValue().place(), inner);
      }
    }
    problems.add(object.place(), "storage_type is missing", "set it to \"local\"");
    return whenMissing();
  }

  private StorageConfig ofType(String type, Place place, ObjectValue object) {
    if (type.equals("local")) {
      return local(new Section(object, Keys.LOCAL_STORAGE, problems));
    }
    if (type.equals("s3")) {
      return new S3StorageReader(new Section(object, Keys.S3_STORAGE, problems)).read();
    }
    if (type.equals("azure")) {
      return new AzureStorageReader(new Section(object, Keys.AZURE_STORAGE, problems)).read();
    }
    if (type.equals("google")) {
      return new GoogleStorageReader(new Section(object, Keys.GOOGLE_STORAGE, problems)).read();
    }
    if (type.equals("routed")) {
      return new RoutedStorageReader(new Section(object, Keys.ROUTED_STORAGE, problems)).read();
    }
    if (type.equals("sftp")) {
      return new SftpStorageReader(new Section(object, Keys.SFTP_STORAGE, problems)).read();
    }
    if (TYPES.contains(type)) {
      problems.add(
          place,
          "storage of type " + type + " comes with a later release",
          "set storage_type to \"local\", \"s3\", \"azure\", \"google\" or \"sftp\"");
    } else {
      problems.add(
          place, "unknown storage type", "the nearest one is " + NearestKey.of(type, TYPES));
    }
    return whenMissing();
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

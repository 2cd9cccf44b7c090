// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

final class MemoryStorageTest extends StorageContract {
  private final MemoryObjectStore store = new MemoryObjectStore();

  @Override
  protected MemoryObjectStore store() {
    return store;
  }
}

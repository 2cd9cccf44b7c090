// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** The bytes of a file on the server, asked for ahead; its connection goes back when it ends. */
final class SftpBody extends InputStream {
  private record Request(int id, long offset, int length) {}

  private final String deed;
  private final SftpPool pool;
  private final SftpConnection connection;
  private final RemoteFile file;
  private final long size;
  private final Deque<Request> requests = new ArrayDeque<>();
  private byte[] block = new byte[0];
  private int used;
  private long asked;
  private boolean ended;

  /**
   * @param size of the file, beyond which nothing is asked for
   */
  SftpBody(String deed, SftpPool pool, SftpConnection connection, RemoteFile file, long size) {
    this.deed = deed;
    this.pool = pool;
    this.connection = connection;
    this.file = file;
    this.size = size;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (used == block.length && !next()) {
      return -1;
    }
    int count = Math.min(length, block.length - used);
    System.arraycopy(block, used, buffer, offset, count);
    used += count;
    return count;
  }

  /** Fetches the next block; false at the end. */
  private boolean next() throws IOException {
    if (ended) {
      return false;
    }
    try {
      while (requests.size() < RemoteFile.AHEAD && asked < size) {
        int length = (int) Math.min(RemoteFile.BLOCK, size - asked);
        requests.add(new Request(file.sendRead(asked, length), asked, length));
        asked += length;
      }
      if (requests.isEmpty()) {
        end();
        return false;
      }
      Request request = requests.remove();
      block = file.read(request.id());
      used = 0;
      if (block.length < request.length()) {
        shortened(request);
      }
      return block.length > 0 || next();
    } catch (IOException e) {
      IOException failure = SftpFailure.of(deed, e, null);
      connection.close();
      end();
      throw failure;
    }
  }

  /** A server may bring less than it was asked for: the rest is asked for anew, in order. */
  private void shortened(Request request) throws IOException {
    drain();
    if (block.length == 0) {
      throw new IOException("the file ends after %d of %d bytes".formatted(request.offset(), size));
    }
    asked = request.offset() + block.length;
  }

  private void drain() throws IOException {
    while (!requests.isEmpty()) {
      file.read(requests.remove().id());
    }
  }

  private void end() throws IOException {
    if (!ended) {
      ended = true;
      try {
        file.close();
      } finally {
        pool.giveBack(connection);
      }
    }
  }

  @Override
  public int available() {
    return block.length - used;
  }

  @Override
  public void close() throws IOException {
    if (ended) {
      return;
    }
    try {
      drain();
    } catch (IOException e) {
      // Nobody reads on, and the connection is not used again.
      connection.close();
    }
    end();
  }
}

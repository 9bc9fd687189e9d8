package dev.ringway.engine.loop;

import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.Submissions;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class VectorArenaTest
{
    @Test
    void shouldStartAgainOnlyWhenAllThatPointsIntoItIsSubmitted()
    {
        // Without SUBMIT_ALL the kernel stops behind the bad entry that comes first.
        try (IoUring ring = new IoUring(1024, 2048, 0))
        {
            final Submissions submissions = new Submissions(ring);
            final VectorArena vectors = new VectorArena(submissions);
            assertEquals(0, ring.registerSparseFiles(1));
            submissions.linkTimeout(0, 1);
            long highest = 0;
            long address = send(submissions, vectors);
            while (address > highest)
            {
                highest = address;
                address = send(submissions, vectors);
            }
            // The send that starts the arena again is not submitted yet; all before it are.
            assertEquals(1, ring.sqPending());
            assertTrue(ring.hasCompletions());
            vectors.close();
        }
    }

    private static long send(final Submissions submissions, final VectorArena vectors)
    {
        vectors.begin();
        for (int i = 0; i < VectorArena.MAX_VECTORS; i++)
        {
            vectors.add(1, 1);
        }
        final long header = vectors.end();
        submissions.sendMsg(0, header, 0, 0, 2);
        return header;
    }
}

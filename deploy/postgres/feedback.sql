-- Beside the database of content, which POSTGRES_DB names. Run once, on an empty volume.
CREATE DATABASE feedback;

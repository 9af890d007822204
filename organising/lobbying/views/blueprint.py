"""The blueprint that this domain's pages belong to, and what several of them need."""

from flask import Blueprint

from organising.lobbying.words import register_words

blueprint = Blueprint("lobbying", __name__)
register_words(blueprint)

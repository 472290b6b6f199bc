//! The derive behind `lb_model::schema`.
